// @ts-check
// What the feed says of each field: its name, its value in words, why it exists, and where that is defined.

import { say, said, toHex } from "./dom.js";

/** @type {Map<string, Feed.FieldText>} */
const FIELDS = new Map();
/** @type {Feed.Said[]} */
let values = [];

/**
 * Takes the texts, which come once, before all else.
 * @param {Feed.Fields} texts
 */
export function learnFields(texts) {
  for (const field of texts.fields) FIELDS.set(field.id, field);
  values = texts.values;
}

/**
 * The texts of a field; of one that the feed did not explain its id.
 * @param {string} id
 */
export function textsOf(id) {
  return FIELDS.get(id) ?? { id, name: id, value: "", why: "" };
}

/**
 * The name of a field. A payload that began in an earlier packet says where it goes on.
 * @param {import("./fields.js").PacketField} field
 */
export function nameOf({ id, value }) {
  if (id === "ws.payload" && value !== null && value !== "0") return say("row.payload-on", { v: value });
  return said(textsOf(id).name);
}

/**
 * Its value in words. What is cut off does not pretend to be a number.
 * @param {import("./fields.js").PacketField} field
 */
export function valueOf({ id, words, value, bits, bytes, isCut }) {
  const text = said(words === null ? textsOf(id).value : values[words] ?? "");
  if (isCut) return `${fill(text, { n: "…", v: "…", hex: toHex(bytes) })} (${say("row.cut")})`;
  const number = bits !== null ? BigInt(`0b${bits}`) : bytes.length <= 8 ? bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) : "";
  return fill(text, { n: String(number), v: value ?? "", hex: toHex(bytes).replaceAll(" ", id.startsWith("eth.") ? ":" : "") });
}

function fill(text, filling) {
  return text.replace(/\{(\w+)\}/g, (_, name) => filling[name] ?? "");
}
