// @ts-check
// The row of a packet: closed a line of words between the states of both ends, open what it changes and its bytes.

import { bitGrid } from "./bit_grid.js";
import { count, el, fromBase64, fromHex, rowLanguage, said, say, toHex } from "./dom.js";
import { fieldView } from "./field_view.js";
import { fieldsOf, headerLength, runsOf } from "./fields.js";
import { segmentsOf, unmaskingOf } from "./unmasking.js";

/** A packet with what stands before and under it, as an item of the list. */
export function rowOf(packet) {
  return el("li", "step", beforeOf(packet), details(packet), packet.findings.map((finding) => findingOf(finding, packet.connection)));
}

/**
 * What stands before a packet: how long nothing came, and the phase that begins with it.
 * @param {{ bytes: Feed.Bytes | null }} packet
 */
export function beforeOf({ bytes }) {
  const { silence = null, begins = null } = bytes ?? {};
  return [
    silence === null ? null : el("p", "silence", `⋮ ${said(silence)} ⋮`),
    begins === null ? null : el("h3", "phase", said(begins)),
  ];
}

function details(packet) {
  const { number, from } = packet.object;
  const body = el("div", "open");
  const box = el("details", { "class": `packet by-${from}`, "id": `${packet.connection.prefix}p${number}`, "open": packet.open }, summary(packet), body);
  const fill = () => {
    if (box.open && body.childElementCount === 0) body.append(...inside(packet));
    if (!box.open) body.replaceChildren();
    packet.open = box.open;
  };
  if (packet.open) fill();
  box.addEventListener("toggle", fill);
  return box;
}

function summary(packet) {
  const { number, from } = packet.object;
  const { time = null, delta = "", evidence = null, labels = [] } = packet.bytes ?? {};
  const [client, server] = ["client", "server"].map((side) => states(packet, side));
  const arrows = labels.map(([kind, text, size]) => ({ kind, text: said(text), size: size === undefined ? null : said(size) }));
  return el("summary", null, lineOf({ number, isRebuilt: evidence === "rebuilt", time, delta, client, server, from, arrows }));
}

/**
 * The line of a row: number, time, and arrows between the states of both ends.
 * @param {{ number: number | null, isRebuilt?: boolean, time: string | null, delta?: string, client?: Element[],
 *   server?: Element[], from: Feed.Side | null, arrows: { kind: string, text: string, size?: string | null }[] }} line
 */
export function lineOf({ number, isRebuilt = false, time, delta = "", client = [], server = [], from, arrows }) {
  const glyph = (side, sign) => (from === side ? el("span", { "class": "glyph", "aria-hidden": "true" }, sign) : null);
  return [
    el("span", "number", isRebuilt ? el("abbr", { title: say("row.rebuilt") }, "*") : null, String(number)),
    el("span", "time", time === null ? null : [el("span", "at", time), el("span", "delta", delta)]),
    el("span", "states of-client", client),
    el("span", "arrows",
      arrows.map(({ kind, text, size = null }) => el("span", `arrow ${kind}`,
        glyph("server", "❰"), el("span", "text", text), size === null ? null : [" ", el("span", "size", size)], glyph("client", "❱"))),
      from === null ? null : el("span", "unseen", ` (${say(from === "client" ? "row.to-server" : "row.to-client")})`)),
    el("span", "states of-server", server),
  ];
}

/**
 * The states of an end that are new.
 * @param {{ bytes: Feed.Bytes | null }} packet
 * @param {string} side
 */
function states({ bytes }, side) {
  const news = (bytes?.states ?? []).filter((it) => it.side === side);
  const who = news.length === 0 ? [] : [el("span", "unseen", `${say(`row.${side}`)}: `)];
  return who.concat(news.map(({ layer, state, evidence, text }) =>
    el("span", { "class": `state-change ${evidence}`, "title": meaningOf(layer, state) }, text)));
}

const meaningOf = (layer, state) => say(`${layer === "tcp" ? "tcp" : "ws"}-state.${state}`);

/** What is inside an open row. */
function inside(packet) {
  const { bytes } = packet;
  const above = [tools(packet), transitions(packet)];
  if (bytes === null) return [...above, el("p", "soft", say("row.no-bytes"))].filter((part) => part !== null);
  const { captured, length } = bytes;
  const all = fromBase64(bytes.base64);
  const cut = packet.frames.filter(({ beginning }) => beginning !== null).map((frame) => cutFrame(packet, frame));
  return [
    ...above, packetView(packet, all),
    length > captured ? el("p", "soft", say("row.captured-of", { n: count(captured), m: count(length) })) : null,
    ...cut, ...below(packet, all), ...acceptOf(bytes),
  ].filter((part) => part !== null);
}

/** The three columns of a packet. */
function packetView(packet, all) {
  const { bytes, connection, whole } = packet;
  const grids = gridsIn(bytes);
  const runs = runsOf(packet, all);
  const fields = fieldsOf(runs, grids.map((grid) => ({ grid, at: grid.at })), all);
  const beginning = packet.beginning.filter(({ at }) => at === packet.object.number);
  const box = el("div", null);
  const frames = () => grids.map((grid, place) => {
    const known = beginning[place];
    return el("section", { "class": "frame", "id": known === undefined ? null : frameId(connection, known) },
      el("h4", null, known === undefined ? say("row.grid") : frameTitle(known, packet)),
      bitGrid(fields.filter((field) => field.grid === grid), say("row.grid")));
  });
  const header = fields.filter(({ layer }) => layer === "tcp");
  const ofTcp = () => (header.length === 0 ? [] : [el("h4", null, say("row.grid-tcp")), bitGrid(header, say("row.grid-tcp"))]);
  const draw = () => box.replaceChildren(fieldView({ runs, fields, whole, bits: grids.length > 0 ? frames() : ofTcp(), again: (at) => {
    whole.add(at);
    draw();
    box.querySelector(`.run[data-at="${at}"]`).focus({ preventScroll: true });
  } }));
  draw();
  return box;
}

/** The headers that stand whole in a packet. */
const gridsIn = ({ grids = [] }) => grids.filter(({ at }) => at !== undefined);

/** The columns of a frame whose header no packet has whole: of its header, and the payload's beginning. */
function cutFrame({ bytes, connection, object: { number } }, frame) {
  const grid = (bytes.grids ?? []).find(({ cut }) => cut === frame.index);
  if (grid === undefined) return null;
  const all = fromHex(frame.beginning);
  const runs = runsOf({ bytes: { runs: cutRuns(grid, all.length) }, continued: null }, all);
  const fields = fieldsOf(runs, [{ grid, at: 0 }], all);
  const bits = [bitGrid(fields.filter((field) => field.grid === grid), say("row.grid"))];
  return el("section", { "class": "frame", "id": frameId(connection, frame) }, el("h4", null, frameTitle(frame, { connection, object: { number } })),
    fieldView({ runs, fields, bits, whole: new Set(), again: () => {} }), belowFrame(frame, grid, all, 0));
}

/** The runs of a header that no packet has whole, and of what is kept behind it. */
function cutRuns(grid, length) {
  const header = headerLength(grid);
  const long = grid.fields.filter(([, bits]) => bits.length >= 16).map(([id, bits]) => [bits.length / 8, id]);
  const payload = length > header ? [[length - header, "ws.payload", "0"]] : [];
  return [[1, "ws.first"], [1, "ws.second"], ...long, ...payload];
}

/** What stands below the columns: of each frame how it is unmasked and what it came in; and messages inflated. */
function below(packet, all) {
  const beginning = packet.beginning.filter(({ at }) => at === packet.object.number);
  return [
    ...gridsIn(packet.bytes).map((grid, place) => belowFrame(beginning[place], grid, all, grid.at)),
    ...(packet.bytes.inflated ?? []).map((text) => el("p", "inflated", said(text))),
  ];
}

function belowFrame(frame, grid, all, at) {
  const end = at + headerLength(grid);
  const parts = [...unmaskingOf(grid, all.subarray(at, end), all.subarray(end, end + grid.payload)), frame === undefined ? null : segmentsOf(frame)]
    .filter((part) => part !== null);
  return parts.length === 0 ? null : el("div", { "class": "below", "data-frame": frame?.index }, parts);
}

/** The anchor of a frame: frames of each connection count from 0. */
function frameId(connection, frame) {
  return `${connection.prefix}c${connection.stream}f${frame.index}`;
}

function frameTitle(frame, packet) {
  const [begins, ends] = [frame.packets[0], frame.packets.at(-1)];
  const { connection, object: { number } } = packet;
  const where = begins === ends ? "" : ` · ${begins === number ? say("row.ends-at", { n: ends }) : say("row.begins-at", { n: begins })}`;
  const [, text = "", size = ""] = frame.label ?? [];
  return [el("a", { href: `#${connection.prefix}f${frame.index}` }, say("row.frame", { n: frame.index })), ` ${said(text)} ${said(size)}${where}`];
}

/** The address of the row, what can be done with its bytes, and what is noteworthy about it. */
function tools(packet) {
  const { connection, object: { number } } = packet;
  const link = el("a", { href: `#${connection.prefix}p${number}` }, `#p${number}`, el("span", "unseen", ` ${say("row.link-here", { n: number })}`));
  const copy = el("button", { type: "button", class: "small copy" }, say("row.copy"));
  copy.addEventListener("click", async () => {
    await write(toHex(fromBase64(packet.bytes.base64)));
    copy.textContent = say("row.copied");
  });
  return el("p", "tools", link, packet.bytes === null ? null : copy,
    ...(packet.bytes?.marks ?? []).map(([severity, mark]) => el("span", `mark ${severity}`, said(mark))));
}

/** Puts text on the clipboard, from disk too, where the newer way may be refused. */
async function write(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = el("textarea", { "class": "unseen", "aria-hidden": "true" }, text);
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}

/** @param {{ transitions: Feed.Transition[], bytes: Feed.Bytes | null }} packet */
function transitions({ transitions, bytes }) {
  if (transitions.length === 0) return null;
  const events = bytes?.events ?? [];
  return el("ul", "changes", transitions.map(({ side, layer, from, to, event, rfc, evidence }, place) => {
    return el("li", null,
      el("b", null, `${say(`row.${side}`)}${layer === "tcp" ? "" : " ws"} ${from} → ${to}`),
      ` ${said(events[place] ?? event)} (${rfc})`, evidence === "captured" ? "" : ` · ${say(evidence === "rebuilt" ? "row.reconstructed" : "row.inferred")}`,
      el("span", "soft", ` ${meaningOf(layer, to)}`));
  }));
}

/**
 * The accept key, computed step by step, under the response.
 * @param {Feed.Bytes | null} bytes
 */
function acceptOf(bytes) {
  const { accept } = bytes ?? {};
  if (accept === undefined) return [];
  return [el("section", "accept",
    el("h4", null, `± ${said(accept.title)}`),
    el("dl", "steps", accept.steps.map(([word, value]) => el("div", null, el("dt", null, said(word)), el("dd", "mono", said(value))))),
    accept.command === null ? null : el("p", "reproduce", el("span", null, say("row.reproduce")), el("code", null, accept.command)))];
}

/**
 * A finding, in the language of the rows.
 * @param {Feed.Note} finding
 * @param {any} connection `null`: it is about the file
 */
export function findingOf(finding, connection) {
  const text = rowLanguage() === "zh" && finding.zh ? finding.zh : finding;
  // What is normal is nobody's fault.
  const isInfo = finding.severity === "info";
  const facts = [finding.rfc, finding.at_fault === null || isInfo ? null : say("row.at-fault", { who: say(`row.${finding.at_fault}`) })];
  const prefix = connection?.prefix ?? "";
  const links = finding.packets.slice(-8).map((number) => el("a", { href: `#${prefix}p${number}` }, `#${number}`));
  const frame = finding.frame === null || connection === null ? null : el("a", { href: `#${prefix}f${finding.frame}` }, say("row.in-frame", { n: finding.frame }));
  return el("div", { "class": `finding ${finding.severity}` },
    el("p", "fact", el("b", null, `${isInfo ? "ℹ" : "⚠"} ${finding.id}`), el("span", "severity", say(`row.${finding.severity}`)), " ", text.fact),
    text.inference ? el("p", null, text.inference) : null,
    text.confirm ? el("p", "soft", `${say("row.confirm")}: ${text.confirm}`) : null,
    el("p", "soft", [...facts.filter((fact) => fact !== null), ...links, frame].filter((one) => one !== null).flatMap((one, at) => (at === 0 ? [one] : [" · ", one]))));
}
