// @ts-check
// The explained bytes of a packet: each in one labelled run. What the packet is about is explained in its place; of the
// headers below it the names show where one points at them, until the reader wants all of it annotated.

import { escapeControls } from "../common/escape.js";
import { ascii, count, el, fromHex, say, toHex } from "./dom.js";

const LAYERS = { eth: "link", vlan: "link", mpls: "link", pppoe: "link", ppp: "link", snap: "link", null: "link", sll: "link", ip: "internet", ipv: "internet", tcp: "tcp", http: "http", ws: "frame", data: "data" };
const HEADERS = ["link", "internet", "tcp"];
/** So many bytes of a run are shown at first, the others when they are asked for. */
const SHOWN = 2048;
/** How long a field is. What is shorter has been cut between two segments. */
const WHOLE = { "ws.length-short": 2, "ws.length-long": 8, "ws.key": 4, "ws.close-code": 2 };

/** The runs of a packet, with where each begins and its bytes, and of a payload what it is unmasked. */
export function runsOf({ bytes: { runs }, continued }, bytes) {
  let at = 0;
  // What goes on here, from a packet before.
  let key = continued?.masked ? fromHex(continued.masking_key) : null;
  return runs.map(([len, field, value = null]) => {
    const run = { at, len, field, value, bytes: bytes.subarray(at, at + len), plain: null };
    at += len;
    if (field === "ws.second") key = null;
    if (field === "ws.key" && len === WHOLE[field]) key = run.bytes;
    if (isPayload(run)) run.plain = unmasked(run.bytes, key, Number(value));
    return run;
  });
}

/** The bytes of a payload from place `from` on, unmasked. */
function unmasked(bytes, key, from) {
  return key === null ? bytes : bytes.map((byte, place) => byte ^ key[(from + place) % 4]);
}

const isPayload = ({ field }) => field === "ws.payload" || field === "ws.close-reason";

/** All of it, layer by layer. */
export function bytesOf(packet, runs) {
  const { captured, length } = packet.bytes;
  /** @type {{ name: string, runs: any[] }[]} */
  const layers = [];
  for (const run of runs) {
    const name = LAYERS[run.field.split(".")[0]];
    if (layers.at(-1)?.name !== name) layers.push({ name, runs: [] });
    layers.at(-1)?.runs.push(run);
  }
  return [
    ...layers.map((layer) => layerOf(layer, packet)),
    length > captured ? el("p", "soft", say("row.captured-of", { n: count(captured), m: count(length) })) : null,
  ].filter((part) => part !== null);
}

function layerOf({ name, runs }, packet) {
  const size = runs.reduce((sum, { len }) => sum + len, 0);
  const isAbout = !HEADERS.includes(name) || (name === "tcp" && packet.object.len === 0);
  return el("div", { "class": "layer", "data-layer": name },
    el("h4", null, say(`row.layer-${name}`), el("span", "soft", say("row.size", { n: count(size) }))),
    packet.annotated || isAbout ? el("dl", "runs", runs.map((run) => runOf(run, packet))) : plain(runs, packet));
}

/** A run, explained in its place. */
function runOf(run, packet) {
  const row = el("div", { "class": "run", "data-field": run.field },
    el("dt", "hex", hexOf(run, packet, () => instead(row, runOf(run, packet)))), el("dd", null, gloss(run), textOf(run, packet)));
  return row;
}

/** Runs one behind the other; below them the name of the one that is pointed at. */
function plain(runs, packet) {
  const name = el("p", "name soft", say("row.point-at"));
  const piece = (run) => {
    const text = el("span", { "class": "run", "data-field": run.field, "title": gloss(run) }, hexOf(run, packet, () => instead(text, piece(run))));
    text.addEventListener("pointerenter", () => { name.textContent = gloss(run); });
    return text;
  };
  return el("div", "plain", el("p", "hex", runs.flatMap((run) => [piece(run), " "])), name);
}

/** Its bytes; of many the first ones, and the others when they are asked for: `again` draws it anew. */
function hexOf({ at, len, bytes }, { whole }, again) {
  if (len <= SHOWN || whole.has(at)) return [toHex(bytes)];
  const more = el("button", { type: "button", class: "small more" }, say("row.more", { n: count(len - SHOWN) }));
  more.addEventListener("click", () => {
    whole.add(at);
    again();
  });
  return [toHex(bytes.subarray(0, SHOWN)), " … ", more];
}

/** Puts one in the place of another that had the focus. */
function instead(old, fresh) {
  old.replaceWith(fresh);
  fresh.tabIndex = -1;
  fresh.focus({ preventScroll: true });
}

/** What the run is, with its number. */
function gloss({ bytes, len, field, value }) {
  const word = field === "ws.payload" && value !== "0" ? "row.payload-on" : `field.${field}`;
  if (len < (WHOLE[field] ?? 0)) return `${say(word, { n: "…", v: "…" }, field)} (${say("row.cut")})`;
  const number = len <= 8 ? bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n) : "";
  return say(word, { n: number.toString(), v: value ?? "" }, field);
}

/** What a run says, where it is text or may be. */
function textOf(run, { whole }) {
  if (run.field.startsWith("http.") && run.field !== "http.end") {
    return el("code", "said", escapeControls(new TextDecoder("utf-8", { ignoreBOM: true }).decode(run.bytes).replace(/\r?\n$/, "")));
  }
  const bytes = isPayload(run) ? run.plain : run.bytes;
  if (!isPayload(run) && !run.field.startsWith("data.")) return null;
  const shown = whole.has(run.at) ? bytes : bytes.subarray(0, SHOWN);
  return el("code", "said", textIn(shown), bytes.length > shown.length ? "…" : "");
}

/** UTF-8 if it is that, perhaps cut off; else ASCII with points. */
function textIn(bytes) {
  try {
    return escapeControls(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true }));
  } catch {
    return ascii(bytes);
  }
}
