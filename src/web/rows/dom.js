// @ts-check
// What the modules of the rows share: the language, elements, numbers. Whatever comes from outside is written as text
// only.

import { ROW_WORDS } from "./words.js";

/** @type {"en" | "zh"} */
let language = "en";

/** Says in which language the rows speak: "en" or "zh". */
export function speakRows(to) {
  language = to;
}

/** The language that the rows speak. */
export function rowLanguage() {
  return language;
}

/** The word `id`, with values in its blanks; `otherwise` if there is no such word. */
export function say(id, values = {}, otherwise = id) {
  if (!Object.hasOwn(ROW_WORDS, id)) return otherwise;
  return ROW_WORDS[id][language].replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

/**
 * What the feed says, in the language of the rows.
 * @param {Feed.Said} text
 */
export function said(text) {
  return typeof text === "string" ? text : text[language];
}

/** An element with its class (or attributes) and what is in it; what is null is left out. */
export function el(tag, attributes, ...inside) {
  const element = document.createElement(tag);
  const all = typeof attributes === "string" ? { class: attributes } : attributes ?? {};
  for (const [name, value] of Object.entries(all)) {
    if (value !== null && value !== false && value !== "") element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...inside.flat().filter((one) => one !== null && one !== undefined && one !== ""));
  return element;
}

/** Bytes from their hexadecimal digits. */
export function fromHex(hex) {
  const bytes = new Uint8Array(hex.length >> 1);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return bytes;
}

/** Bytes from base64: those from place `from` on, up to place `to`. */
export function fromBase64(text, from = 0, to = Infinity) {
  const begin = Math.floor(from / 3);
  const decoded = atob(text.slice(4 * begin, 4 * Math.ceil(to / 3)));
  const bytes = new Uint8Array(decoded.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = decoded.charCodeAt(at);
  return bytes.subarray(from - 3 * begin, to - 3 * begin);
}

/** Bytes as pairs of hexadecimal digits, a space between. */
export function toHex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** A number with its thousands apart. */
export function count(number) {
  return new Intl.NumberFormat("en", { useGrouping: "min2" }).format(number).replaceAll(",", "\u202f");
}

/** Bytes as text: ASCII as it is, the rest as points. */
export function ascii(bytes) {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
}
