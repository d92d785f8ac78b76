// What the modules of the rows share: the language, elements, numbers. Whatever comes from outside is written as text only.

import { ROW_WORDS } from "./words.js";

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

/** Milliseconds, as a span of time that a person reads. */
export function span(ms) {
  const of = (value, unit) => `${value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)} ${unit}`;
  if (ms < 0) return `−${span(-ms)}`;
  if (ms < 1) return of(ms * 1000, "µs");
  if (ms < 1000) return of(ms, "ms");
  if (ms < 120_000) return of(ms / 1000, "s");
  return of(ms / 60_000, "min");
}

/** Text with its control characters made visible. */
export function clean(text) {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => {
    const short = { "\n": "\\n", "\r": "\\r", "\t": "\\t" }[c];
    return short ?? `\\u{${c.codePointAt(0).toString(16)}}`;
  });
}

/** Bytes as text: ASCII as it is, the rest as points. */
export function ascii(bytes) {
  return Array.from(bytes, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·")).join("");
}
