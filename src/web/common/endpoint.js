// @ts-check
// The address of a WebSocket endpoint of this server, and keys that nobody guesses.

import { address } from "./address.js";

/**
 * The address of one of the server's WebSocket endpoints.
 * @param {string} path
 * @param {Record<string, string>} query
 */
export function endpoint(path, query) {
  const url = new URL(address(path), location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.search = String(new URLSearchParams(query));
  return url;
}

/** 128 random bits in hexadecimal: whoever knows them sees what is done under them. */
export function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
