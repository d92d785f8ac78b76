// @ts-check
// A frame's header as the grid of RFC 6455 §5.2, the table of its bytes, and how its payload is unmasked.

import { ascii, el, say, toHex } from "./dom.js";

const BITS = 32;

/**
 * The grid, the table of its bytes, and the unmasking of a frame that begins at this place of `bytes`.
 * @param {Feed.Grid} grid
 * @param {Uint8Array} bytes
 * @param {number} at
 */
export function gridOf(grid, bytes, at) {
  const fields = Object.entries(grid.bits);
  const end = at + fields.reduce((sum, [, bits]) => sum + bits.length, 0) / 8;
  return [
    el("h4", null, say("row.grid")),
    drawn(fields),
    table(grid, bytes.subarray(at, end)),
    ...unmasked(grid, bytes.subarray(at, end), bytes.subarray(end, end + grid.payload)),
  ];
}

/**
 * 32 bits a row; a field that goes over the edge goes on in the next row.
 * @param {[field: string, bits: string][]} fields
 */
function drawn(fields) {
  /** @type {{ name: string, short: string, bits: string }[][]} */
  const rows = [];
  let used = 0;
  for (const [field, bits] of fields) {
    const name = say(`row.bits-${field}`);
    // There is no room for the whole name.
    const short = field === "mask" ? "M" : name;
    let at = 0;
    while (at < bits.length) {
      if (used % BITS === 0) rows.push([]);
      const now = bits.slice(at, at + BITS - used % BITS);
      rows.at(-1)?.push({ name, short: at === 0 ? short : `… ${short}`, bits: now });
      used += now.length;
      at += now.length;
    }
  }
  const numbers = Array.from({ length: BITS }, (_, bit) => el("td", null, String(bit)));
  return el("div", { "class": "scroll", "tabindex": "0", "role": "region", "aria-label": say("row.grid") },
    el("table", "grid",
      el("thead", { "aria-hidden": "true" }, el("tr", null, numbers)),
      el("tbody", null, rows.map((cells) => el("tr", null, cells.map(({ name, short, bits }) =>
        el("td", { colspan: bits.length, "data-bits": bits, title: name },
          el("span", "name", short), el("span", "bits", [...bits].map((bit) => el("i", null, bit))))))))));
}

/**
 * What each byte of the header says: the first two bit by bit, then the length and the key.
 * @param {Feed.Grid} grid
 * @param {Uint8Array} header
 */
function table({ bits, opcode, length, minimal }, header) {
  const { fin, rsv, mask } = bits;
  const short = Number.parseInt(bits.length, 2);
  const follows = { 126: `: ${say("row.follows-short")}`, 127: `: ${say("row.follows-long")}` }[short] ?? "";
  const hex = (from, to) => toHex(header.subarray(from, to));
  const rows = [
    ["0", `${hex(0, 1)} = ${fin} ${rsv} ${bits.opcode}`, `FIN=${fin} RSV=${rsv} opcode=0x${Number.parseInt(bits.opcode, 2).toString(16)} (${opcode})`],
    ["1", `${hex(1, 2)} = ${mask} ${bits.length}`, `MASK=${mask} ${say("row.bits-length")}=${short}${follows}`],
  ];
  let at = 2;
  const row = (field, meaning) => {
    const end = at + bits[field].length / 8;
    rows.push([`${at}–${end - 1}`, hex(at, end), meaning]);
    at = end;
  };
  const overlong = minimal === false ? `, ${say("row.not-minimal")}` : "";
  if (bits["extended-length"] !== undefined) row("extended-length", `${say("row.bits-extended-length")}=${length}${overlong}`);
  if (bits["masking-key"] !== undefined) row("masking-key", say("row.bits-masking-key"));
  const heads = ["row.byte-place", "row.byte-value", "row.byte-meaning"].map((word) => el("th", { scope: "col" }, say(word)));
  return el("div", { "class": "scroll", "tabindex": "0", "role": "region", "aria-label": say("row.byte-meaning") },
    el("table", "bytes", el("thead", null, el("tr", null, heads)),
      el("tbody", null, rows.map(([place, value, meaning]) => el("tr", null,
        el("th", { scope: "row" }, place), el("td", "mono", value), el("td", null, meaning))))));
}

/**
 * `masked ⊕ key[i mod 4] = plain`, for the first bytes.
 * @param {Feed.Grid} grid
 * @param {Uint8Array} header
 * @param {Uint8Array} masked
 */
function unmasked({ bits, length }, header, masked) {
  if (bits["masking-key"] === undefined || masked.length === 0) return [];
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
