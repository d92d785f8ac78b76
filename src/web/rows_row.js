// The row of a packet: closed a line of words between the states of both ends, open the explained bytes.

import { bytesOf, frameOf, framesIn, runsOf } from "./rows_bytes.js";
import { clean, count, el, fromHex, rowLanguage, say, span, toHex } from "./rows_draw.js";

/** Silence is shown from so many milliseconds on. */
const SILENCE_MS = 1000;
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const AGAIN = ["retransmission", "fast_retransmission", "spurious_retransmission"];
const TOLD_IN_LABEL = ["keep_alive", "keep_alive_ack", "window_update"];

/** A packet with what stands before and under it, as an item of the list. */
export function rowOf(packet, connection) {
  const item = el("li", "step");
  const phase = packet.bytes?.phase ?? null;
  const quiet = packet.before === null ? 0 : timeOf(packet, connection) - timeOf(packet.before, connection);
  if (quiet >= SILENCE_MS) item.append(el("p", "silence", `⋮ ${say("row.silence", { t: span(quiet) })} ⋮`));
  if (phase !== null && phase !== (packet.before?.bytes?.phase ?? null)) item.append(el("h3", "phase", say(`phase.${phase}`)));
  item.append(details(packet, connection));
  for (const finding of packet.findings) item.append(findingOf(finding, connection));
  return item;
}

/** Milliseconds since the connection's first packet. Numbers of a browser hold times since 1970 only to 256 ns. */
function timeOf({ object, bytes }, connection) {
  return (bytes?.at_ns ?? object.time_ns - connection.packets[0].object.time_ns) / 1e6;
}

function details(packet, connection) {
  const { number, from } = packet.object;
  const body = el("div", "open");
  const box = el("details", { "class": `packet by-${from}`, "id": `p${number}`, "open": packet.open },
    summary(packet, connection), body);
  const fill = () => {
    if (box.open && body.childElementCount === 0) body.append(...inside(packet, connection));
    if (!box.open) body.replaceChildren();
    packet.open = box.open;
  };
  if (packet.open) fill();
  box.addEventListener("toggle", fill);
  return box;
}

function summary(packet, connection) {
  const { number, from } = packet.object;
  const time = timeOf(packet, connection);
  const delta = packet.before === null ? "" : `+${span(time - timeOf(packet.before, connection))}`;
  const [client, server] = ["client", "server"].map((side) => el("span", `states of-${side}`, changes(packet, side)));
  return el("summary", null,
    el("span", "number", packet.bytes?.evidence === "rebuilt" ? el("abbr", { title: say("row.rebuilt") }, "*") : null, String(number)),
    el("span", "time", el("span", "at", (time / 1000).toFixed(6)), el("span", "delta", delta)),
    client,
    el("span", "arrows", labelsOf(packet, connection).map(({ kind, text, size = null }) =>
      el("span", `arrow ${kind}`,
        from === "server" ? el("span", { "class": "glyph", "aria-hidden": "true" }, "❰") : null,
        el("span", "text", text), size === null ? null : [" ", el("span", "size", size)],
        from === "client" ? el("span", { "class": "glyph", "aria-hidden": "true" }, "❱") : null)),
    el("span", "unseen", ` (${say(from === "client" ? "row.to-server" : "row.to-client")})`)),
    server);
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
function labelsOf(packet, connection) {
  const { flags, len, marks, seq, ack } = packet.object;
  const mark = markOf(marks);
  const labels = [];
  if (flags.includes("RST")) {
    labels.push({ kind: "reset", text: `╳ ${flags.join(",")} seq=${seq}${ack === null ? "" : ` ack=${ack}`}` });
  } else {
    labels.push(...packet.heads.map((head) => ({ kind: "tcp", text: headLabel(head, connection, packet) })));
    labels.push(...packet.frames.map((index) => ({ kind: "frame", ...frameLabel(connection.frames[index]) })));
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

function headLabel({ kind, text }, { upgrade }, packet) {
  const number = packet.object.number;
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
function inside(packet, connection) {
  const parts = [tools(packet), transitions(packet)];
  if (packet.bytes === null) return [...parts, el("p", "soft", say("row.no-bytes"))].filter((part) => part !== null);
  const runs = runsOf(packet.bytes);
  parts.push(...answer(packet, connection));
  const begun = connection.frames.filter((frame) => frame.packets[0] === packet.object.number);
  framesIn(runs).forEach((frame, place) => {
    const known = begun[place];
    parts.push(el("section", { "class": "frame", "id": known === undefined ? null : frameId(connection, known) },
      known === undefined ? null : el("h4", null, frameTitle(known, packet)), ...frameOf(frame)));
  });
  parts.push(el("div", null, bytesOf(packet.bytes, runs, carriedOn(packet, connection))));
  return parts.filter((part) => part !== null);
}

/** The frame that goes on in a packet, from one before. */
function carriedOn(packet, { frames }) {
  const { number, from } = packet.object;
  return frames.find((frame) => frame.from === from && frame.packets[0] < number && frame.packets.includes(number)) ?? null;
}

/** The anchor of a frame: frames of each connection count from 0. */
export function frameId(connection, frame) {
  return `c${connection.stream}f${frame.index}`;
}

function frameTitle(frame, packet) {
  const ends = frame.packets.at(-1);
  const where = ends === packet.object.number ? "" : ` · ${say("row.ends-at", { n: ends })}`;
  const { text, size } = frameLabel(frame);
  return [el("a", { href: `#f${frame.index}` }, say("row.frame", { n: frame.index })), ` ${text} ${size}${where}`];
}

function tools(packet) {
  const { number } = packet.object;
  const copy = el("button", { type: "button", class: "copy" }, say("row.copy"));
  copy.addEventListener("click", async () => {
    await write(toHex(fromHex(packet.bytes.hex)));
    copy.textContent = say("row.copied");
  });
  return el("p", "tools",
    el("a", { href: `#p${number}` }, `#p${number}`, el("span", "unseen", ` ${say("row.link-here", { n: number })}`)),
    packet.bytes === null ? null : copy,
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
function answer(packet, { upgrade }) {
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
