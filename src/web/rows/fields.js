// @ts-check
// The fields of a packet, each with the bits that it takes: the runs of its bytes, and in their place the fields of a
// frame's header where the packet has all of that.

import { fromHex } from "./dom.js";

/**
 * A field: its bits from `from` up to `to` in the packet; as a string where it is of a frame's header.
 * @typedef {object} PacketField
 * @property {string} id
 * @property {string} layer
 * @property {number} from
 * @property {number} to
 * @property {string | null} bits
 * @property {number | null} words
 * @property {string | null} value
 * @property {Uint8Array} bytes
 * @property {Uint8Array | null} plain what a payload is, unmasked
 * @property {boolean} isCut the rest of it is in another packet
 * @property {Feed.Grid | null} grid
 */

/** @typedef {{ at: number, len: number, field: string, value: string | null, bytes: Uint8Array, plain: Uint8Array | null }} PacketRun */

const LAYERS = { eth: "link", vlan: "link", mpls: "link", pppoe: "link", ppp: "link", snap: "link", null: "link", sll: "link", encapsulation: "link", ip: "internet", ipv: "internet", tcp: "tcp", http: "http", ws: "frame", data: "data" };
/** How long a field is. What is shorter has been cut between two segments. */
const WHOLE = { "ws.length-short": 2, "ws.length-long": 8, "ws.key": 4, "ws.close-code": 2 };

/** The layer that a field is of. */
export const layerOf = (id) => LAYERS[id.split(".")[0]] ?? "data";

/** Whether these bytes are what an application sends. */
export const isPayload = (id) => id === "ws.payload" || id === "ws.close-reason";

/**
 * The runs of a packet, with where each begins and its bytes, and of a payload what it is unmasked.
 * @returns {PacketRun[]}
 */
export function runsOf({ bytes: { runs }, continued }, bytes) {
  let at = 0;
  // What goes on here, from a packet before.
  let key = continued?.masked ? fromHex(continued.masking_key) : null;
  return runs.map(([len, field, value = null]) => {
    const run = { at, len, field, value, bytes: bytes.subarray(at, at + len), plain: null };
    at += len;
    if (field === "ws.second") key = null;
    if (field === "ws.key" && len === WHOLE[field]) key = run.bytes;
    if (isPayload(field)) run.plain = unmasked(run.bytes, key, Number(value));
    return run;
  });
}

/** The bytes of a payload from place `from` on, unmasked. */
function unmasked(bytes, key, from) {
  return key === null ? bytes : bytes.map((byte, place) => byte ^ key[(from + place) % 4]);
}

/**
 * The fields, in the order of their bits.
 * @param {PacketRun[]} runs
 * @param {{ grid: Feed.Grid, at: number }[]} grids the headers of frames, with their place in the bytes
 * @param {Uint8Array} bytes
 * @returns {PacketField[]}
 */
export function fieldsOf(runs, grids, bytes) {
  const headers = grids.map(({ grid, at }) => ({ grid, at, end: at + headerLength(grid) }));
  return runs.flatMap((run) => {
    const header = headers.find(({ at, end }) => run.at >= at && run.at < end);
    if (header === undefined) return [ofRun(run)];
    return run.at === header.at ? ofGrid(header.grid, header.at, bytes) : [];
  });
}

/** @param {PacketRun} run @returns {PacketField} */
function ofRun({ at, len, field: id, value, bytes, plain }) {
  return { id, layer: layerOf(id), from: 8 * at, to: 8 * (at + len), bits: null, words: null, value, bytes, plain, isCut: len < (WHOLE[id] ?? 0), grid: null };
}

/** @param {Feed.Grid} grid @param {number} at @param {Uint8Array} bytes @returns {PacketField[]} */
function ofGrid(grid, at, bytes) {
  let from = 8 * at;
  return grid.fields.map(([id, bits, words]) => {
    const field = {
      id, layer: "frame", from, to: from + bits.length, bits, words, value: null, plain: null, isCut: false, grid,
      bytes: bytes.subarray(from >> 3, (from + bits.length + 7) >> 3),
    };
    from = field.to;
    return field;
  });
}

/**
 * How many bytes a frame's header has.
 * @param {Feed.Grid} grid
 */
export function headerLength({ fields }) {
  return fields.reduce((sum, [, bits]) => sum + bits.length, 0) / 8;
}

/**
 * Fields of one layer that stand together; of frames each by itself.
 * @param {PacketField[]} fields
 */
export function groupsOf(fields) {
  /** @type {{ layer: string, fields: PacketField[] }[]} */
  const groups = [];
  for (const field of fields) {
    if (groups.at(-1)?.layer !== field.layer) groups.push({ layer: field.layer, fields: [] });
    groups.at(-1)?.fields.push(field);
  }
  return groups;
}
