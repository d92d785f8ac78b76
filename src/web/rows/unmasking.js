// @ts-check
// What stands below the columns: how a payload is unmasked, and the segments that a frame came in.

import { ascii, count, el, say, toHex } from "./dom.js";

/**
 * `masked ⊕ key[i mod 4] = plain`, for the first bytes.
 * @param {Feed.Grid} grid
 * @param {Uint8Array} header
 * @param {Uint8Array} masked
 */
export function unmaskingOf({ fields, length }, header, masked) {
  if (fields.every(([id]) => id !== "ws.key") || masked.length === 0) return [];
  const key = header.subarray(-4);
  const plain = masked.map((byte, at) => byte ^ key[at % 4]);
  const line = (word, sign, cells) => el("tr", null,
    el("th", { scope: "row" }, say(word)), el("td", "sign", sign), cells.map((cell) => el("td", null, cell)));
  const hex = (bytes) => toHex(bytes).split(" ");
  return [
    el("h4", null, say("row.unmask"), length === String(masked.length)
      ? null : el("span", "soft", say("row.unmask-more", { n: masked.length, m: length }))),
    el("div", { "class": "scroll", "tabindex": "0", "role": "region", "aria-label": say("row.unmask") },
      el("table", "unmask", el("tbody", null,
        line("row.unmask-masked", "", hex(masked)),
        line("row.unmask-key", "⊕", hex(masked.map((_, at) => key[at % 4]))),
        line("row.unmask-plain", "=", hex(plain)),
        line("row.unmask-text", "", [...ascii(plain)])))),
  ];
}

/** The TCP segments that a frame came in, as far as they are kept. */
export function segmentsOf({ segments, packets }) {
  const links = segments.flatMap(({ connection: { prefix }, object: { number, seq, len } }) => [
    " ", el("a", { href: `#${prefix}p${number}` }, `#${number}`), ` seq=${seq} ${say("row.size", { n: count(len) })}`,
  ]);
  return el("p", "segments", say(packets.length === 1 ? "row.one-segment" : "row.segments", { n: packets.length }), links);
}
