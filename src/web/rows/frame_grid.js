// A frame's header as the grid of RFC 6455 §5.2, the table of its bytes, and how its payload is unmasked.

import { el, say, toHex } from "./dom.js";

const UNMASKED = 16;
const BITS = 32;
const OPCODES = { 0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong" };

/** The frames that begin in a packet and whose header is whole there, each as far as it goes there. */
export function framesIn(runs, bytes) {
  return runs.flatMap(({ at, field }, place) => {
    if (field !== "ws.first") return [];
    const next = runs.slice(place + 1).find((run) => run.field === "ws.first" || !run.field.startsWith("ws."));
    const frame = bytes.subarray(at, next?.at);
    return frame.length < headerOf(frame) ? [] : [frameFrom(frame)];
  });
}

/** How many bytes an extended length takes, and a header. */
const extendedBy = (field) => ({ 126: 2, 127: 8 })[field] ?? 0;
const headerOf = ([, second]) => 2 + extendedBy(second & 0x7f) + (second < 0x80 ? 0 : 4);

/** The fields of a frame that begins with these bytes. */
export function frameFrom(bytes) {
  const [first, second] = bytes;
  const [key, payload] = [2 + extendedBy(second & 0x7f), headerOf(bytes)];
  return {
    first, second,
    extended: key > 2 ? bytes.subarray(2, key) : null,
    key: payload > key ? bytes.subarray(key, payload) : null,
    payload: bytes.subarray(payload),
  };
}

/** The grid, the table of its bytes, and the unmasking. */
export function frameOf(frame) {
  return [
    el("h4", null, say("row.grid")),
    grid(fieldsOf(frame)),
    table(frame),
    ...unmasked(frame),
  ];
}

const lengthOf = ({ second, extended }) => (extended === null ? BigInt(second & 0x7f) : extended.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n));

function fieldsOf(frame) {
  const bits = (value, size) => value.toString(2).padStart(size, "0");
  const fields = [
    { name: "FIN", bits: bits(frame.first >> 7, 1) },
    { name: "RSV", bits: bits(frame.first >> 4 & 7, 3) },
    { name: "opcode", bits: bits(frame.first & 15, 4) },
    // There is no room for the whole name.
    { name: "MASK", short: "M", bits: bits(frame.second >> 7, 1) },
    { name: say("row.length"), bits: bits(frame.second & 0x7f, 7) },
  ];
  if (frame.extended !== null) fields.push({ name: say("row.extended-length"), bits: bits(lengthOf(frame), 8 * frame.extended.length) });
  if (frame.key !== null) fields.push({ name: say("row.masking-key"), bits: Array.from(frame.key, (byte) => bits(byte, 8)).join("") });
  return fields;
}

/** 32 bits a row; a field that goes over the edge goes on in the next row. */
function grid(fields) {
  const rows = [];
  let used = 0;
  for (const { name, short = name, bits } of fields) {
    let at = 0;
    while (at < bits.length) {
      if (used % BITS === 0) rows.push([]);
      const now = bits.slice(at, at + BITS - used % BITS);
      rows.at(-1).push({ name, short: at === 0 ? short : `… ${short}`, bits: now });
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

function table(frame) {
  const field = frame.second & 0x7f;
  const opcode = frame.first & 15;
  const bits = (byte, ...sizes) => {
    const all = byte.toString(2).padStart(8, "0");
    let at = 0;
    return sizes.map((size) => all.slice(at, at += size)).join(" ");
  };
  const follows = { 126: `: ${say("row.follows-short")}`, 127: `: ${say("row.follows-long")}` }[field] ?? "";
  const rows = [
    ["0", `${toHex([frame.first])} = ${bits(frame.first, 1, 3, 4)}`, `FIN=${frame.first >> 7} RSV=${(frame.first >> 4 & 7).toString(2).padStart(3, "0")} opcode=0x${opcode.toString(16)} (${OPCODES[opcode] ?? `reserved-${opcode}`})`],
    ["1", `${toHex([frame.second])} = ${bits(frame.second, 1, 7)}`, `MASK=${frame.second >> 7} ${say("row.length")}=${field}${follows}`],
  ];
  let at = 2;
  if (frame.extended !== null) {
    const length = lengthOf(frame);
    const minimal = frame.extended.length === 2 ? length > 125n : length > 0xffffn;
    rows.push([`${at}–${at + frame.extended.length - 1}`, toHex(frame.extended), `${say("row.extended-length")}=${length}${minimal ? "" : `, ${say("row.not-minimal")}`}`]);
    at += frame.extended.length;
  }
  if (frame.key !== null) rows.push([`${at}–${at + 3}`, toHex(frame.key), say("row.masking-key")]);
  const heads = ["row.byte-place", "row.byte-value", "row.byte-meaning"].map((word) => el("th", { scope: "col" }, say(word)));
  return el("div", { "class": "scroll", "tabindex": "0", "role": "region", "aria-label": say("row.byte-meaning") },
    el("table", "bytes", el("thead", null, el("tr", null, heads)),
      el("tbody", null, rows.map(([place, value, meaning]) => el("tr", null,
        el("th", { scope: "row" }, place), el("td", "mono", value), el("td", null, meaning))))));
}

/** `masked ⊕ key[i mod 4] = plain`, for the first bytes. */
function unmasked({ key, payload, second, extended }) {
  if (key === null || payload.length === 0) return [];
  const masked = payload.subarray(0, UNMASKED);
  const plain = masked.map((byte, at) => byte ^ key[at % 4]);
  const line = (word, sign, bytes, show) => el("tr", null,
    el("th", { scope: "row" }, say(word)), el("td", "sign", sign), Array.from(bytes, (byte) => el("td", null, show(byte))));
  const hex = (byte) => byte.toString(16).padStart(2, "0");
  const length = lengthOf({ second, extended });
  return [
    el("h4", null, say("row.unmask"), length > BigInt(masked.length)
      ? el("span", "soft", say("row.unmask-more", { n: masked.length, m: length.toString() })) : null),
    el("div", { "class": "scroll", "tabindex": "0", "role": "region", "aria-label": say("row.unmask") },
      el("table", "unmask", el("tbody", null,
        line("row.unmask-masked", "", masked, hex),
        line("row.unmask-key", "⊕", masked.map((_, at) => key[at % 4]), hex),
        line("row.unmask-plain", "=", plain, hex),
        line("row.unmask-text", "", plain, (byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : "·"))))),
  ];
}
