// @ts-check
// One request to the server's HTTP API. The session travels in an HttpOnly cookie that no script can read.

import { address } from "./address.js";
import { language } from "./words.js";

const PATIENCE_MS = 20_000;

/**
 * @typedef {object} Reply
 * @property {number} code 0: no answer came
 * @property {string} message
 * @property {any} data
 * @property {number | null} retryAfter in seconds, if the server said
 */

/**
 * Sends a request and returns `{ code, message, data, retryAfter }`. Never throws: code 0 means that no answer came.
 * `retryAfter` is in seconds, or null when the server did not say.
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @returns {Promise<Reply>}
 */
export async function call(method, path, body) {
  /** @type {Record<string, string>} */
  const headers = { "Accept": "application/json", "Accept-Language": language() };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let response;
  try {
    response = await fetch(address(path), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch {
    return { code: 0, message: "", data: null, retryAfter: null };
  }
  /** @type {Reply} */
  const answer = { code: response.status, message: "", data: null, retryAfter: seconds(response.headers.get("Retry-After")) };
  try {
    const { message, data } = await response.json();
    if (typeof message === "string") answer.message = message;
    answer.data = data ?? null;
  } catch {
    // Not ours, perhaps a proxy's page: the status has to do.
  }
  return answer;
}

// Retry-After is a number of seconds or a date.
function seconds(value) {
  if (value === null) return null;
  const wait = /^\d+$/.test(value) ? Number(value) : Math.ceil((Date.parse(value) - Date.now()) / 1000);
  return Number.isFinite(wait) ? Math.max(1, wait) : null;
}
