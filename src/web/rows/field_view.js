// @ts-check
// An opened packet in three columns that light together: bits, bytes, meaning.

import { escapeControls } from "../common/escape.js";
import { ascii, count, el, say, said, toHex } from "./dom.js";
import { nameOf, textsOf, valueOf } from "./field_table.js";
import { groupsOf, isPayload, layerOf } from "./fields.js";
import { light } from "./light.js";

/** So many bytes of a run are shown at first, the others when they are asked for. */
const SHOWN = 2048;
/** A run of so many bytes lights byte by byte. */
const APART = 8;
/** What a packet is about comes first, then these. */
const HEADERS = ["tcp", "internet", "link"];

/**
 * The columns. `again` draws them anew, with more of the bytes of a run.
 * @param {{ runs: import("./fields.js").PacketRun[], fields: import("./fields.js").PacketField[], bits: HTMLElement[],
 *   whole: Set<number>, again: (at: number) => void }} view
 */
export function fieldView({ runs, fields, bits, whole, again }) {
  const meaning = el("div", { "class": "meaning", "role": "listbox", "aria-label": say("row.meaning") },
    inOrder(groupsOf(fields)).map((group) => meaningOf(group, whole)));
  const view = el("div", `columns-3${bits.length === 0 ? " no-bits" : ""}`,
    bits.length === 0 ? null : el("div", "column of-bits", bits),
    el("div", "column of-bytes", el("h4", null, say("row.bytes")), hexOf(runs, whole), rest(runs, whole, again)),
    el("div", "column of-meaning", el("h4", null, say("row.meaning")), meaning));
  light(view, meaning);
  return view;
}

function inOrder(groups) {
  const isHeader = ({ layer }) => HEADERS.includes(layer);
  return [...groups.filter((group) => !isHeader(group)), ...groups.filter(isHeader).reverse()];
}

// ---- bytes ----

/** All bytes, layer by layer. @param {import("./fields.js").PacketRun[]} runs @param {Set<number>} whole */
function hexOf(runs, whole) {
  /** @type {{ layer: string, runs: import("./fields.js").PacketRun[] }[]} */
  const layers = [];
  for (const run of runs) {
    const layer = layerOf(run.field);
    if (layers.at(-1)?.layer !== layer) layers.push({ layer, runs: [] });
    layers.at(-1)?.runs.push(run);
  }
  return el("div", { "class": "bytes", "role": "listbox", "aria-label": say("row.bytes") }, layers.map(({ layer, runs }) => {
    const size = say("row.size", { n: count(runs.reduce((sum, { len }) => sum + len, 0)) });
    return el("div", { "class": "layer", "data-layer": layer, "role": "group", "aria-label": say(`row.layer-${layer}`) },
      el("p", { "class": "layer-name", "aria-hidden": "true" }, say(`row.layer-${layer}`), el("span", "soft", ` ${size}`)),
      el("div", { "class": "hex", "role": "presentation" }, runs.flatMap((run) => [runOf(run, whole), " "])));
  }));
}

/** @param {import("./fields.js").PacketRun} run @param {Set<number>} whole */
function runOf({ at, len, field, bytes }, whole) {
  const shown = len <= SHOWN || whole.has(at) ? bytes : bytes.subarray(0, SHOWN);
  const text = len > APART || len === 1 ? [toHex(shown)] : Array.from(shown, (byte, place) => [
    place === 0 ? "" : " ",
    el("span", { "class": "byte", "data-from": String(8 * (at + place)), "data-to": String(8 * (at + place + 1)) }, byte.toString(16).padStart(2, "0")),
  ]).flat();
  return el("span", {
    "class": "run", "role": "option", "tabindex": "-1", "aria-selected": "false", "data-field": field, "data-at": String(at),
    "data-from": String(8 * at), "data-to": String(8 * (at + len)), "title": said(textsOf(field).name),
  }, text, shown.length < len ? " …" : "");
}

/** The buttons that show the rest of long runs. */
function rest(runs, whole, again) {
  return runs.filter(({ at, len }) => len > SHOWN && !whole.has(at)).map(({ at, len }) => {
    const more = el("button", { type: "button", class: "small more" }, say("row.more", { n: count(len - SHOWN) }));
    more.addEventListener("click", () => again(at));
    return more;
  });
}

// ---- meaning ----

/** @param {{ layer: string, fields: import("./fields.js").PacketField[] }} group @param {Set<number>} whole */
function meaningOf({ layer, fields }, whole) {
  return el("div", { "class": "layer", "data-layer": layer, "role": "group", "aria-label": say(`row.layer-${layer}`) },
    el("p", { "class": "layer-name", "aria-hidden": "true" }, say(`row.layer-${layer}`)),
    fields.map((field, place) => lineOf(field, fields[place - 1]?.id === field.id, whole)));
}

/** A field. What the line before has explained is not explained again. */
function lineOf(field, isAgain, whole) {
  const { why, rfc, sentence } = textsOf(field.id);
  return el("div", {
    "class": "meaning-line", "role": "option", "tabindex": "-1", "aria-selected": "false", "data-field": field.id,
    "data-from": String(field.from), "data-to": String(field.to),
  },
  el("span", "what", el("b", "name", nameOf(field)), " ", el("span", "value", valueOf(field)), textOf(field, whole)),
  isAgain ? null : el("span", "why", said(why)),
  isAgain || rfc === undefined ? null : el("span", "source", el("cite", null, rfc), sentence === undefined ? null : [" ", el("q", { "class": "sentence", "lang": "en" }, sentence)]));
}

/** What a field says, where it is text or may be. */
function textOf({ id, bytes, plain, from }, whole) {
  if (id.startsWith("http.") && id !== "http.end") {
    return el("code", "said", escapeControls(new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).replace(/\r?\n$/, "")));
  }
  if (!isPayload(id) && !id.startsWith("data.")) return null;
  const all = plain ?? bytes;
  const shown = whole.has(from / 8) ? all : all.subarray(0, SHOWN);
  return el("code", "said", textIn(shown), all.length > shown.length ? "…" : "");
}

/** UTF-8 if it is that, perhaps cut off; else ASCII with points. */
function textIn(bytes) {
  try {
    return escapeControls(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true }));
  } catch {
    return ascii(bytes);
  }
}
