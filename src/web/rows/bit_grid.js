// @ts-check
// The bits of a header as RFCs draw them: 32 in a row, 16 where there is no room. Each field is one or several pieces,
// none longer than 16 bits, so that a style alone sets how many stand in a row.

import { el } from "./dom.js";
import { nameOf, valueOf } from "./field_table.js";

const PIECE = 16;
/** A name that a bit or two have no room for. */
const SHORT = { "ws.fin": "F", "ws.rsv": "RSV", "ws.mask": "M", "ws.length": "len" };

/**
 * @param {import("./fields.js").PacketField[]} fields
 * @param {string} label what they are the bits of
 */
export function bitGrid(fields, label) {
  const begin = fields[0]?.from ?? 0;
  const cells = fields.flatMap((field) => piecesOf(field, begin));
  const numbers = Array.from({ length: 32 }, (_, bit) => el("span", null, String(bit % 10 === 0 ? bit : bit % 10)));
  return el("div", "grid",
    el("div", { "class": "places", "aria-hidden": "true" }, numbers),
    el("div", { "class": "cells", "role": "listbox", "aria-label": label }, cells));
}

/** @param {import("./fields.js").PacketField} field @param {number} begin */
function piecesOf(field, begin) {
  const bits = field.bits ?? Array.from(field.bytes, (byte) => byte.toString(2).padStart(8, "0")).join("");
  const pieces = [];
  for (let at = 0; at < bits.length;) {
    const place = field.from - begin + at;
    const part = bits.slice(at, at + PIECE - (place % PIECE));
    pieces.push(pieceOf(field, part, at, at + part.length === bits.length));
    at += part.length;
  }
  return pieces;
}

function pieceOf(field, bits, at, isLast) {
  const isFirst = at === 0;
  const name = nameOf(field);
  const cells = [...bits].map((bit, more) => {
    const from = field.from + at + more;
    return el("i", { "data-from": String(from), "data-to": String(from + 1) }, bit);
  });
  // One stop for each field, however many pieces it has.
  const role = isFirst ? { "role": "option", "tabindex": "-1", "aria-selected": "false" } : { "aria-hidden": "true" };
  const ends = `${isFirst ? " first" : ""}${isLast ? " last" : ""}`;
  const piece = el("div", {
    ...role, "class": `field${ends}`, "data-bits": bits, "data-field": field.id, "data-from": String(field.from), "data-to": String(field.to), "title": name,
  },
  isFirst ? el("span", "unseen", `${name}: ${valueOf(field)}`) : null,
  el("span", { "class": "name", "aria-hidden": "true" }, isFirst ? (bits.length <= 7 && SHORT[field.id]) || name : "…"),
  el("span", { "class": "bits", "aria-hidden": "true" }, cells));
  piece.style.setProperty("grid-column", `span ${bits.length}`);
  return piece;
}
