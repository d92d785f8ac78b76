// The row of a packet: closed a line of words between the states of both ends, open what it changes and its bytes.

import { bytesOf, runsOf } from "./byte_view.js";
import { clean, count, el, fromBase64, fromHex, rowLanguage, say, span, toHex } from "./dom.js";
import { frameFrom, frameOf, framesIn } from "./frame_grid.js";
import { timeOf } from "./log.js";

/** Silence is shown from so many milliseconds on. */
const SILENCE_MS = 1000;
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const AGAIN = ["retransmission", "fast_retransmission", "spurious_retransmission"];
const TOLD_IN_LABEL = ["keep_alive", "keep_alive_ack", "window_update"];

/** A packet with what stands before and under it, as an item of the list. */
export function rowOf(packet) {
  return el("li", "step", beforeOf(packet), details(packet), packet.findings.map((finding) => findingOf(finding, packet.connection)));
}

/** What stands before a packet: how long nothing came, and the phase that begins with it. */
export function beforeOf(packet) {
  const { before, bytes } = packet;
  const phase = bytes?.phase ?? null;
  const quiet = before === null ? 0 : timeOf(packet) - before.time;
  return [
    quiet >= SILENCE_MS ? el("p", "silence", `⋮ ${say("row.silence", { t: span(quiet) })} ⋮`) : null,
    phase !== null && phase !== (before?.phase ?? null) ? el("h3", "phase", say(`phase.${phase}`)) : null,
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
  const [client, server] = ["client", "server"].map((side) => changes(packet, side));
  const isRebuilt = packet.bytes?.evidence === "rebuilt";
  return el("summary", null, lineOf({
    number, isRebuilt, time: timeOf(packet), before: packet.before, client, server, from, arrows: labelsOf(packet),
  }));
}

/** The line of a row: number, time, and arrows between the states of both ends. */
export function lineOf({ number, isRebuilt = false, time, before, client = [], server = [], from, arrows }) {
  const glyph = (side, sign) => (from === side ? el("span", { "class": "glyph", "aria-hidden": "true" }, sign) : null);
  return [
    el("span", "number", isRebuilt ? el("abbr", { title: say("row.rebuilt") }, "*") : null, String(number)),
    el("span", "time", time === null ? null : [
      el("span", "at", (time / 1000).toFixed(6)), el("span", "delta", before === null ? "" : `+${span(time - before.time)}`)]),
    el("span", "states of-client", client),
    el("span", "arrows",
      arrows.map(({ kind, text, size = null }) => el("span", `arrow ${kind}`,
        glyph("server", "❰"), el("span", "text", text), size === null ? null : [" ", el("span", "size", size)], glyph("client", "❱"))),
      from === null ? null : el("span", "unseen", ` (${say(from === "client" ? "row.to-server" : "row.to-client")})`)),
    el("span", "states of-server", server),
  ];
}

/** The states of an end, where they changed. */
function changes(packet, side) {
  const news = packet.transitions.filter((it) => it.side === side);
  const shown = new Map(news.map((it) => [it.layer, it]));
  if (packet.before === null && !shown.has("tcp")) shown.set("tcp", { to: packet.object.tcp[side], evidence: "captured" });
  const layers = ["tcp", "websocket"].filter((layer) => shown.has(layer));
  const who = layers.length === 0 ? [] : [el("span", "unseen", `${say(`row.${side}`)}: `)];
  return who.concat(layers.map((layer) => {
    const { to, evidence } = shown.get(layer);
    const mark = { inferred: "?", rebuilt: "*" }[evidence] ?? "";
    const kind = layer === "tcp" ? "tcp" : "ws";
    return el("span", { "class": `state-change ${evidence}`, "title": say(`${kind}-state.${to}`) }, kind === "ws" ? `ws ${to}${mark}` : `${to}${mark}`);
  }));
}

/** What stands on the arrows: as the ladder in a terminal has it. */
function labelsOf(packet) {
  const { flags, len, marks, seq, ack } = packet.object;
  const mark = markOf(marks);
  const labels = [];
  if (flags.includes("RST")) {
    labels.push({ kind: "reset", text: `╳ ${flags.join(",")} seq=${seq}${ack === null ? "" : ` ack=${ack}`}` });
  } else {
    labels.push(...packet.heads.map((head) => ({ kind: "tcp", text: headLabel(head, packet) })));
    labels.push(...packet.frames.map((frame) => ({ kind: "frame", ...frameLabel(frame) })));
    if (labels.length === 0 || flags.includes("SYN") || flags.includes("FIN")) labels.push(segmentLabel(packet, len));
  }
  if (mark !== null) labels[0].text = `${mark} ${labels[0].text}`;
  return labels;
}

function markOf(marks) {
  const term = (mark) => say(`mark.${mark}`).split(/[:：]/)[0];
  const again = marks.find((mark) => AGAIN.includes(mark)) ?? (marks.includes("lost_segment") ? "lost_segment" : null);
  if (again !== null && again !== undefined) return `✕ ${term(again)}:`;
  const other = marks.find((mark) => !TOLD_IN_LABEL.includes(mark));
  return other === undefined ? null : `⚠ ${term(other)}:`;
}

function headLabel({ kind, text }, packet) {
  const { number } = packet.object;
  const { upgrade } = packet.connection;
  if (kind === "request" && upgrade?.request?.packets.includes(number)) return `${text}  Upgrade: websocket`;
  if (kind === "response" && upgrade?.response?.packets.includes(number) && upgrade.accept_ok !== null) {
    return `${text}  ${say(upgrade.accept_ok ? "row.accept-right" : "row.accept-wrong")}`;
  }
  return text;
}

function frameLabel(frame) {
  const rsv = ["rsv1", "rsv2", "rsv3"].map((name) => Number(frame[name])).join("");
  const parts = [frame.opcode.toUpperCase()];
  if (!frame.fin) parts.push(say("row.fin-zero"));
  if (rsv !== "000") parts.push(`RSV=${rsv}`);
  if (frame.length > 0) parts.push(previewOf(frame, rsv));
  const size = frame.masked ? `${count(frame.length)} B ${say("row.masked")}` : `${count(frame.length)} B`;
  return { text: parts.filter((part) => part !== "").join(" "), size };
}

function previewOf(frame, rsv) {
  const isText = rsv === "000" && ["text", "continuation", "ping", "pong"].includes(frame.opcode);
  if (frame.opcode === "close") return clean(frame.preview);
  if (isText) return `"${clean(frame.preview)}"`;
  const bytes = fromHex(frame.preview.replace("…", "").slice(0, 12));
  return `${toHex(bytes)}${frame.length > bytes.length ? "…" : ""}`;
}

function segmentLabel(packet, len) {
  const { flags, seq, ack, window, marks } = packet.object;
  const numbers = `seq=${seq}${ack === null ? "" : ` ack=${ack}`}`;
  const pure = len === 0 && flags.filter((flag) => flag !== "PSH").join() === "ACK";
  if (marks.includes("keep_alive")) return { kind: "ack", text: `keep-alive ${numbers}` };
  if (pure) {
    const what = marks.includes("keep_alive_ack") ? "keep-alive ACK" : "ACK";
    const update = marks.includes("window_update") ? ` ${say("mark.window_update").split(/[:：]/)[0]} win=${window}` : "";
    return { kind: "ack", text: `${what}${update} ${numbers}` };
  }
  if (flags.includes("SYN")) {
    const option = (field, name) => {
      const run = packet.bytes?.runs.find(([, it]) => it === field);
      return run === undefined ? "" : ` ${name}=${run[2]}`;
    };
    return { kind: "tcp", text: `${flags.join(",")} ${numbers}${option("tcp.segment-size", "mss")}${option("tcp.scale", "ws")} win=${window}` };
  }
  const part = packet.parts.at(-1);
  if (len > 0 && part !== undefined) return { kind: "tcp", text: say("row.part-of", { n: count(len), ...part }) };
  return { kind: "tcp", text: len > 0 ? `${flags.join(",")} ${count(len)} B ${numbers}` : `${flags.join(",")} ${numbers}` };
}

/** What is inside an open row. */
function inside(packet) {
  const { bytes, connection } = packet;
  const parts = [transitions(packet), ...answer(packet)];
  if (bytes === null) return [tools(packet, null), ...parts, el("p", "soft", say("row.no-bytes"))].filter((part) => part !== null);
  const all = fromBase64(bytes.base64);
  const runs = runsOf(packet, all);
  const begun = packet.begun.filter(({ at }) => at === packet.object.number);
  framesIn(runs, all).forEach((seen, place) => parts.push(frameSection(connection, begun[place], seen, packet)));
  for (const frame of packet.frames.filter(({ beginning }) => beginning !== null)) {
    parts.push(frameSection(connection, frame, frameFrom(fromHex(frame.beginning)), packet));
  }
  const told = el("div", null, bytesOf(packet, runs));
  const annotate = () => {
    packet.annotated = !packet.annotated;
    told.replaceChildren(...bytesOf(packet, runs));
  };
  return [tools(packet, annotate), ...parts, told].filter((part) => part !== null);
}

/** The grid of a frame, under what is known of it. */
function frameSection(connection, known, seen, packet) {
  return el("section", { "class": "frame", "id": known === undefined ? null : frameId(connection, known) },
    known === undefined ? null : el("h4", null, frameTitle(known, packet)), ...frameOf(seen));
}

/** The anchor of a frame: frames of each connection count from 0. */
export function frameId(connection, frame) {
  return `c${connection.stream}f${frame.index}`;
}

function frameTitle(frame, packet) {
  const [begins, ends] = [frame.packets[0], frame.packets.at(-1)];
  const { number } = packet.object;
  const where = begins === ends ? "" : ` · ${begins === number ? say("row.ends-at", { n: ends }) : say("row.begins-at", { n: begins })}`;
  const { text, size } = frameLabel(frame);
  return [el("a", { href: `#f${frame.index}` }, say("row.frame", { n: frame.index })), ` ${text} ${size}${where}`];
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
    ...packet.object.marks.map((mark) => el("span", "mark", say(`mark.${mark}`))));
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

function transitions(packet) {
  if (packet.transitions.length === 0) return null;
  return el("ul", "changes", packet.transitions.map(({ side, layer, from, to, event, rfc, evidence }) => {
    const kind = layer === "tcp" ? "tcp" : "ws";
    return el("li", null,
      el("b", null, `${say(`row.${side}`)}${kind === "ws" ? " ws" : ""} ${from} → ${to}`),
      ` ${say(`event.${event}`)} (${rfc})`, evidence === "captured" ? "" : ` · ${say(evidence === "rebuilt" ? "row.reconstructed" : "row.inferred")}`,
      el("span", "soft", ` ${say(`${kind}-state.${to}`)}`));
  }));
}

/** The accept key, computed step by step, under the response. */
function answer(packet) {
  const { upgrade } = packet.connection;
  if (!upgrade?.response || upgrade.response.packets.at(-1) !== packet.object.number) return [];
  const { key, accept, accept_expected: expected } = upgrade;
  if (key === null || accept === null || expected === null) return [];
  const sha = toHex(Uint8Array.from(atob(expected), (c) => c.charCodeAt(0)));
  const rows = [
    ["row.accept-key", key],
    ["row.accept-guid", GUID],
    ["row.accept-sha", sha],
    ["row.accept-base", expected],
    ["row.accept-sent", `${accept}  ${say(accept === expected ? "row.accept-same" : "row.accept-other")}`],
  ];
  // A command to be copied holds nothing that a shell would read otherwise.
  const safe = /^[A-Za-z0-9+/=]*$/.test(key);
  return [el("section", "accept",
    el("h4", null, `± ${say("row.accept-title")}`),
    el("dl", "steps", rows.map(([word, value]) => el("div", null, el("dt", null, say(word)), el("dd", "mono", clean(value))))),
    safe ? el("p", "reproduce", el("span", null, say("row.reproduce")), el("code", null, `printf %s '${key}${GUID}' | openssl sha1 -binary | base64`)) : null)];
}

/** A finding, in the language of the rows. */
export function findingOf(finding, connection) {
  const told = rowLanguage() === "zh" && finding.zh ? finding.zh : finding;
  const facts = [finding.rfc, finding.at_fault === null ? null : say("row.at-fault", { who: say(`row.${finding.at_fault}`) })];
  const links = finding.packets.slice(-8).map((number) => el("a", { href: `#p${number}` }, `#${number}`));
  const frame = finding.frame === null || connection === null ? null : el("a", { href: `#f${finding.frame}` }, say("row.in-frame", { n: finding.frame }));
  return el("div", { "class": `finding ${finding.severity}` },
    el("p", "fact", el("b", null, `⚠ ${finding.id}`), el("span", "severity", say(`row.${finding.severity}`)), " ", clean(told.fact)),
    told.inference ? el("p", null, clean(told.inference)) : null,
    told.confirm ? el("p", "soft", `${say("row.confirm")}: ${clean(told.confirm)}`) : null,
    el("p", "soft", [...facts.filter((fact) => fact !== null), ...links, frame].filter((one) => one !== null).flatMap((one, at) => (at === 0 ? [one] : [" · ", one]))));
}
