// @ts-check
// The row of a packet: closed a line of words between the states of both ends, open what it changes and its bytes.

import { bytesOf, runsOf } from "./byte_view.js";
import { el, fromBase64, fromHex, rowLanguage, said, say, toHex } from "./dom.js";
import { gridOf } from "./frame_grid.js";

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
  const box = el("details", { "class": `packet by-${from}`, "id": `p${number}`, "open": packet.open }, summary(packet), body);
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
  const { bytes, connection } = packet;
  const parts = [transitions(packet), ...acceptOf(bytes)];
  if (bytes === null) return [tools(packet, null), ...parts, el("p", "soft", say("row.no-bytes"))].filter((part) => part !== null);
  const all = fromBase64(bytes.base64);
  const runs = runsOf(packet, all);
  const beginning = packet.beginning.filter(({ at }) => at === packet.object.number);
  const grids = bytes.grids ?? [];
  grids.filter(({ at }) => at !== undefined).forEach((grid, place) => {
    parts.push(frameSection(connection, beginning[place], gridOf(grid, all, grid.at), packet));
  });
  for (const frame of packet.frames.filter(({ beginning }) => beginning !== null)) {
    const grid = grids.find(({ cut }) => cut === frame.index);
    if (grid !== undefined) parts.push(frameSection(connection, frame, gridOf(grid, fromHex(frame.beginning), 0), packet));
  }
  parts.push(...(bytes.inflated ?? []).map((text) => el("p", "inflated", said(text))));
  const view = el("div", null, bytesOf(packet, runs));
  const annotate = () => {
    packet.annotated = !packet.annotated;
    view.replaceChildren(...bytesOf(packet, runs));
  };
  return [tools(packet, annotate), ...parts, view].filter((part) => part !== null);
}

/** The grid of a frame, under what is known of it. */
function frameSection(connection, known, grid, packet) {
  return el("section", { "class": "frame", "id": known === undefined ? null : frameId(connection, known) },
    known === undefined ? null : el("h4", null, frameTitle(known, packet)), ...grid);
}

/** The anchor of a frame: frames of each connection count from 0. */
function frameId(connection, frame) {
  return `c${connection.stream}f${frame.index}`;
}

function frameTitle(frame, packet) {
  const [begins, ends] = [frame.packets[0], frame.packets.at(-1)];
  const { number } = packet.object;
  const where = begins === ends ? "" : ` · ${begins === number ? say("row.ends-at", { n: ends }) : say("row.begins-at", { n: begins })}`;
  const [, text = "", size = ""] = frame.label ?? [];
  return [el("a", { href: `#f${frame.index}` }, say("row.frame", { n: frame.index })), ` ${said(text)} ${said(size)}${where}`];
}

/** The address of the row, what can be done with its bytes, and what is noteworthy about it. */
function tools(packet, annotate) {
  const { number } = packet.object;
  const link = el("a", null);
  const explain = el("button", { type: "button", class: "small annotate" }, say("row.annotate"));
  const show = () => {
    const address = `#p${number}${packet.annotated ? "/annotated" : ""}`;
    link.href = address;
    link.replaceChildren(address, el("span", "unseen", ` ${say("row.link-here", { n: number })}`));
    explain.setAttribute("aria-pressed", String(packet.annotated));
  };
  explain.addEventListener("click", () => {
    annotate();
    show();
  });
  show();
  const copy = el("button", { type: "button", class: "small copy" }, say("row.copy"));
  copy.addEventListener("click", async () => {
    await write(toHex(fromBase64(packet.bytes.base64)));
    copy.textContent = say("row.copied");
  });
  return el("p", "tools", link, annotate === null ? null : [explain, copy],
    ...(packet.bytes?.marks ?? []).map((mark) => el("span", "mark", said(mark))));
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
  const facts = [finding.rfc, finding.at_fault === null ? null : say("row.at-fault", { who: say(`row.${finding.at_fault}`) })];
  const links = finding.packets.slice(-8).map((number) => el("a", { href: `#p${number}` }, `#${number}`));
  const frame = finding.frame === null || connection === null ? null : el("a", { href: `#f${finding.frame}` }, say("row.in-frame", { n: finding.frame }));
  return el("div", { "class": `finding ${finding.severity}` },
    el("p", "fact", el("b", null, `⚠ ${finding.id}`), el("span", "severity", say(`row.${finding.severity}`)), " ", text.fact),
    text.inference ? el("p", null, text.inference) : null,
    text.confirm ? el("p", "soft", `${say("row.confirm")}: ${text.confirm}`) : null,
    el("p", "soft", [...facts.filter((fact) => fact !== null), ...links, frame].filter((one) => one !== null).flatMap((one, at) => (at === 0 ? [one] : [" · ", one]))));
}
