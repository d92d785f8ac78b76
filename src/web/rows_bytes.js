// The explained bytes of a packet: each byte in one labelled run; the header of each frame that begins in it as the grid
// of RFC 6455 §5.2, and how its payload is unmasked.

import { ascii, clean, count, el, fromHex, say, toHex } from "./rows_draw.js";

const UNMASKED = 16;
const BITS = 32;
const LAYERS = { eth: "link", vlan: "link", mpls: "link", pppoe: "link", ppp: "link", snap: "link", null: "link", sll: "link", ip: "internet", ipv: "internet", tcp: "tcp", http: "http", ws: "frame", data: "data" };
const TEXT = 512;
const OPCODES = { 0: "continuation", 1: "text", 2: "binary", 8: "close", 9: "ping", 10: "pong" };

/** The runs of a packet, with where each begins and its bytes. */
export function runsOf(object) {
  const bytes = fromHex(object.hex);
  let at = 0;
  return object.runs.map(([len, field, value]) => {
    const run = { at, len, field, value: value ?? null, bytes: bytes.subarray(at, at + len) };
    at += len;
    return run;
  });
}

/** All of it: the runs, layer by layer. `carriedOn` is the frame that goes on there, from a packet before. */
export function bytesOf(object, runs, carriedOn) {
  const groups = [];
  let key = carriedOn?.masked ? fromHex(carriedOn.masking_key) : null;
  for (const run of runs) {
    const layer = LAYERS[run.field.split(".")[0]];
    if (groups.at(-1)?.layer !== layer) groups.push({ layer, runs: [] });
    groups.at(-1).runs.push(run);
    if (run.field === "ws.second") key = null;
    if (run.field === "ws.key") key = run.bytes;
    if (isPayload(run)) run.plain = key === null ? run.bytes : run.bytes.map((byte, at) => byte ^ key[(Number(run.value) + at) % 4]);
  }
  const missing = object.length - object.captured;
  return [
    ...groups.map(({ layer, runs: inside }) => {
      const len = inside.reduce((sum, run) => sum + run.len, 0);
      const title = say(`row.layer-${layer}`);
      return el("div", { "class": "layer", "data-layer": layer },
        el("h4", null, title, el("span", "soft", say("row.size", { n: count(len) }))),
        el("dl", "runs", inside.map((run) => runOf(run))));
    }),
    missing > 0 ? el("p", "soft", say("row.captured-of", { n: count(object.captured), m: count(object.length) })) : null,
  ].filter((part) => part !== null);
}

const isPayload = ({ field }) => field === "ws.payload" || field === "ws.close-reason";

function runOf(run) {
  const left = run.len - run.bytes.length;
  return el("div", { "class": "run", "data-field": run.field },
    el("dt", "hex", toHex(run.bytes), left > 0 ? el("span", "soft", ` … ${say("row.not-shown", { n: count(left) })}`) : null),
    el("dd", null, gloss(run), textOf(run)));
}

/** What the run is, with its number. */
function gloss(run) {
  const isNumber = run.bytes.length === run.len && run.len <= 8;
  const number = isNumber ? run.bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) : "";
  const field = run.field === "ws.payload" && run.value !== "0" ? "row.payload-on" : `field.${run.field}`;
  return say(field, { n: number.toString(), v: run.value ?? "" }, run.field);
}

/** What a run says, where it is text or may be. */
function textOf(run) {
  if (run.field.startsWith("http.") && run.field !== "http.end") {
    return el("code", "said", clean(new TextDecoder().decode(run.bytes).replace(/\r?\n$/, "")));
  }
  const bytes = isPayload(run) ? run.plain : run.bytes;
  if (!isPayload(run) && !run.field.startsWith("data.")) return null;
  const shown = bytes.subarray(0, TEXT);
  return el("code", "said", textIn(shown), bytes.length > shown.length ? "…" : "");
}

/** UTF-8 if it is that, perhaps cut off; else ASCII with points. */
function textIn(bytes) {
  try {
    return clean(new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: true }));
  } catch {
    return ascii(bytes);
  }
}

/** The headers of the frames that begin in the packet, each with the key and the payload that follow it there. */
export function framesIn(runs) {
  const frames = [];
  let frame = null;
  for (const run of runs) {
    if (run.field === "ws.first") {
      frame = { first: run.bytes[0], second: null, extended: null, key: null, payload: null, whole: false };
      frames.push(frame);
    } else if (frame === null || !run.field.startsWith("ws.")) {
      frame = null;
    } else if (run.field === "ws.second") {
      frame.second = run.bytes[0];
    } else if (run.field.startsWith("ws.length")) {
      frame.extended = run.bytes;
    } else if (run.field === "ws.key") {
      frame.key = run.bytes;
    } else if (frame.payload === null) {
      frame.payload = run.bytes;
    } else {
      frame.payload = join(frame.payload, run.bytes);
    }
  }
  return frames.filter((one) => whole(one));
}

function join(one, other) {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

/** Whether all of the header is there: part of it may be in the next segment. */
function whole({ second, extended, key }) {
  if (second === null) return false;
  const needed = { 126: 2, 127: 8 }[second & 0x7f] ?? 0;
  return (extended?.length ?? 0) === needed && (second < 0x80 || key?.length === 4);
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
    { name: "MASK", bits: bits(frame.second >> 7, 1) },
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
  for (const { name, bits } of fields) {
    let at = 0;
    while (at < bits.length) {
      if (used % BITS === 0) rows.push([]);
      const now = bits.slice(at, at + BITS - used % BITS);
      rows.at(-1).push({ name: at === 0 ? name : `… ${name}`, bits: now });
      used += now.length;
      at += now.length;
    }
  }
  const numbers = Array.from({ length: BITS }, (_, bit) => el("td", null, String(bit)));
  return el("div", { "class": "scroll", "tabindex": "0", "role": "region", "aria-label": say("row.grid") },
    el("table", "grid",
      el("thead", { "aria-hidden": "true" }, el("tr", null, numbers)),
      el("tbody", null, rows.map((cells) => el("tr", null, cells.map(({ name, bits }) =>
        el("td", { colspan: bits.length, "data-bits": bits, title: name },
          el("span", "name", name), el("span", "bits", [...bits].map((bit) => el("i", null, bit))))))))));
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
  if (key === null || payload === null || payload.length === 0) return [];
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
