// The rows of connections, from the objects that `explain --ndjson` prints and those that a page gets besides (`bytes`,
// `story`): for the live page and for the report alike. Rows appear as they are needed.
//
//   const rows = new Rows(element, { language: "en" });
//   rows.add(object);            each object, in the order in which they come
//   rows.setLanguage("zh");
//   rows.openAll(true);          opens or closes every row
//   rows.reveal("p7");           shows packet 7; "f3" frame 3, "c1f3" that of connection 1, "c1" the connection

import { el, say, speakRows } from "./rows_draw.js";
import { findingOf, rowOf } from "./rows_row.js";
import { endOf, headOf } from "./rows_connection.js";

/** Rows that are made in one go. */
const CHUNK = 50;
/** How high a row that was not made yet is supposed to be, in pixels. */
const ROW_HEIGHT = 44;
/** How far from what is seen rows are made. */
const MARGIN = "1500px";

export class Rows {
  #element;
  #connections = new Map();
  #packets = new Map();
  #file = null;
  #notes = [];
  #filePart = el("section", "of-file");
  #watcher;
  #dirty = new Set();
  #due = false;
  #openAll = false;

  constructor(element, { language = "en" } = {}) {
    this.#element = element;
    this.#element.classList.add("rows");
    this.#element.append(this.#filePart);
    speakRows(language);
    this.#element.addEventListener("keydown", (event) => this.#step(event));
    this.#watcher = new IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) if (isIntersecting) this.#fill(target.chunk);
    }, { rootMargin: `${MARGIN} 0px` });
  }

  /** Takes one object. What it changes is shown with the next picture. */
  add(object) {
    if (object.type === "file") this.#file = object;
    if (object.type === "notes") this.#notes = object.zh;
    if (object.stream === undefined) return this.#later();
    const connection = this.#connection(object.stream);
    this[`_${object.type}`]?.(connection, object);
    this.#later();
  }

  /** Shows everything in this language. */
  setLanguage(language) {
    speakRows(language);
    for (const connection of this.#connections.values()) {
      connection.isStale = true;
      for (const chunk of connection.chunks) if (chunk.isFilled) this.#refill(chunk);
    }
    this.#later();
  }

  /** Opens or closes every row, those too that are not there yet. */
  openAll(open) {
    this.#openAll = open;
    for (const packet of this.#packets.values()) packet.open = open;
    for (const box of this.#element.querySelectorAll("details.packet")) box.open = open;
  }

  /** Shows what an address (`p7`, `f3`, `c1f3`, `c1`) names, open; gives whether there is such a thing. */
  reveal(address) {
    this.show();
    const [, stream, kind, number] = /^(?:c(\d+))?(?:([pf])(\d+))?(?:\/.*)?$/.exec(address) ?? [];
    if (kind === undefined) {
      const found = stream === undefined ? undefined : this.#connections.get(Number(stream));
      found?.section.scrollIntoView();
      return found !== undefined;
    }
    const packet = kind === "p" ? this.#packets.get(Number(number)) : this.#packetOfFrame(stream, Number(number));
    if (packet === undefined) return false;
    packet.open = true;
    this.#fill(packet.chunk);
    const box = packet.item.querySelector("details");
    box.open = true;
    // A toggle tells of it only later.
    this.#refreshed(packet);
    const at = kind === "f" ? packet.item.querySelector(`[id$="f${number}"]`) : null;
    (at ?? packet.item).scrollIntoView({ block: "start" });
    packet.item.querySelector("summary").focus({ preventScroll: true });
    return true;
  }

  /** Makes all rows there are, for paper. */
  fillAll() {
    this.show();
    for (const connection of this.#connections.values()) connection.chunks.forEach((chunk) => this.#fill(chunk));
  }

  /** Shows now what was added. */
  show() {
    this.#due = false;
    for (const connection of this.#connections.values()) if (connection.isStale) this.#frame(connection);
    // Those that are seen first are there at once.
    const first = this.#connections.values().next().value?.chunks[0];
    if (first !== undefined) this.#fill(first);
    for (const packet of this.#dirty) if (packet.chunk.isFilled) this.#refreshed(packet);
    this.#dirty.clear();
    this.#showFile();
  }

  /** The arrow keys go from row to row. */
  #step(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.target.localName !== "summary") return;
    const number = Number(event.target.parentElement.id.slice(1));
    const { connection } = this.#packets.get(number);
    const to = connection.packets[connection.packets.findIndex(({ object }) => object.number === number) + step];
    if (to === undefined) return;
    event.preventDefault();
    this.#fill(to.chunk);
    to.item.querySelector("summary").focus();
  }

  #later() {
    if (this.#due) return;
    this.#due = true;
    // A page that is not seen gets no pictures; it must not fall behind for ever.
    if (document.hidden) setTimeout(() => this.#due && this.show(), 250);
    else requestAnimationFrame(() => this.#due && this.show());
  }

  #connection(stream) {
    const known = this.#connections.get(stream);
    if (known !== undefined) return known;
    const connection = {
      stream, client: null, server: null, packets: [], frames: [], upgrade: null, close: null, story: null, findings: [],
      late: [], chunks: [], isStale: true,
      section: el("section", { class: "connection", id: `c${stream}` }), head: el("header"), list: el("div", "chunks"), end: el("footer"),
    };
    connection.section.append(connection.head, connection.list, connection.end);
    this.#connections.set(stream, connection);
    this.#element.insertBefore(connection.section, this.#filePart);
    return connection;
  }

  _connection(connection, { client, server }) {
    // Client and server were taken for each other: that holds for what was told before, too.
    const before = connection.client;
    if (before !== null && (before.address !== client.address || before.port !== client.port)) swapEnds(connection, this.#dirty);
    Object.assign(connection, { client, server, isStale: true });
  }

  _packet(connection, object) {
    const packet = {
      object, connection, bytes: null, frames: [], heads: [], parts: [], transitions: [], findings: [],
      before: connection.packets.at(-1) ?? null, open: this.#openAll, chunk: null, item: null,
    };
    connection.packets.push(packet);
    this.#packets.set(object.number, packet);
    let chunk = connection.chunks.at(-1);
    if (chunk === undefined || chunk.packets.length === CHUNK) {
      chunk = { packets: [], isFilled: false, connection, list: el("ol", "chunk") };
      chunk.list.chunk = chunk;
      connection.chunks.push(chunk);
      connection.list.append(chunk.list);
      this.#watcher.observe(chunk.list);
    }
    packet.chunk = chunk;
    chunk.packets.push(packet);
    if (!chunk.isFilled) chunk.list.style.setProperty("min-height", `${chunk.packets.length * ROW_HEIGHT}px`);
    this.#dirty.add(packet);
    connection.isStale = true;
  }

  _transition(connection, object) {
    const packet = this.#packets.get(object.packet);
    if (packet === undefined) {
      connection.late.push(object);
      connection.isStale = true;
    } else {
      packet.transitions.push(object);
      this.#dirty.add(packet);
    }
  }

  _upgrade(connection, object) {
    connection.upgrade = object;
    for (const part of [object.request, object.response]) this.#carried(part?.packets ?? [], part?.method ?? String(part?.status));
    connection.isStale = true;
  }

  _frame(connection, object) {
    const index = connection.frames.length;
    connection.frames.push({ ...object, index });
    const last = this.#packets.get(object.packets.at(-1));
    if (last !== undefined) {
      last.frames.push(index);
      this.#dirty.add(last);
    }
    this.#carried(object.packets, object.opcode.toUpperCase());
  }

  _message() {}

  _bytes(_, object) {
    const packet = this.#packets.get(object.number);
    if (packet === undefined) return;
    packet.bytes = object;
    packet.heads = headsIn(object);
    this.#dirty.add(packet);
  }

  _finding(connection, object) {
    connection.findings.push(object);
    connection.isStale = true;
    const packet = this.#packets.get(object.packets.at(-1));
    if (packet === undefined || object.severity === "info") return;
    packet.findings.push(object);
    this.#dirty.add(packet);
  }

  _close(connection, object) {
    connection.close = object;
    connection.isStale = true;
  }

  _story(connection, object) {
    connection.story = object;
    connection.isStale = true;
  }

  /** Something that takes several packets: each carries its part. */
  #carried(packets, what) {
    if (packets.length < 2) return;
    packets.forEach((number, place) => {
      const packet = this.#packets.get(number);
      if (packet === undefined) return;
      packet.parts.push({ a: place + 1, b: packets.length, what });
      this.#dirty.add(packet);
    });
  }

  #packetOfFrame(stream, index) {
    const all = stream === undefined ? this.#connections.values() : [this.#connections.get(Number(stream))];
    for (const connection of all) {
      const frame = connection?.frames[index];
      if (frame !== undefined) return this.#packets.get(frame.packets[0]);
    }
    return undefined;
  }

  /** What stands above and below a connection's rows. */
  #frame(connection) {
    connection.isStale = false;
    connection.head.replaceChildren(...headOf(connection));
    connection.end.replaceChildren(...endOf(connection));
  }

  #fill(chunk) {
    if (chunk.isFilled) return;
    chunk.isFilled = true;
    chunk.list.style.removeProperty("min-height");
    this.#refill(chunk);
  }

  #refill(chunk) {
    for (const packet of chunk.packets) packet.item = rowOf(packet, chunk.connection);
    chunk.list.replaceChildren(...chunk.packets.map(({ item }) => item));
  }

  /** Makes a row anew, and leaves the focus where it was. */
  #refreshed(packet) {
    const old = packet.item;
    const hasFocus = old?.contains(document.activeElement) ?? false;
    packet.item = rowOf(packet, packet.connection);
    if (old !== null && old.isConnected) old.replaceWith(packet.item);
    else packet.chunk.list.append(packet.item);
    if (hasFocus) packet.item.querySelector("summary").focus({ preventScroll: true });
  }

  #showFile() {
    const notes = this.#file?.notes ?? [];
    this.#filePart.hidden = notes.length === 0;
    this.#filePart.replaceChildren(...notes.length === 0 ? [] : [el("h2", null, say("row.of-file")), ...notes.map((note, at) => findingOf({ ...note, zh: this.#notes[at] }, null))]);
  }
}

/** The first lines of the heads in a packet. */
function headsIn({ hex, runs }) {
  const heads = [];
  let at = 0;
  for (const [len, field] of runs) {
    const kind = { "http.request-line": "request", "http.status-line": "response" }[field];
    if (kind !== undefined) {
      const bytes = hex.slice(2 * at, 2 * (at + len)).match(/../g) ?? [];
      const line = new TextDecoder().decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16))).trim();
      const text = kind === "request" ? line.replace(/ HTTP\/[\d.]+$/, "") : line.replace(/^HTTP\/[\d.]+ /, "");
      heads.push({ kind, text });
    }
    at += len;
  }
  return heads;
}

function swapEnds(connection, dirty) {
  const other = { client: "server", server: "client" };
  const swapped = (both) => (both === null ? null : { client: both.server, server: both.client });
  for (const packet of connection.packets) {
    const { object } = packet;
    Object.assign(object, { from: other[object.from], tcp: swapped(object.tcp), ws: swapped(object.ws) });
    for (const transition of packet.transitions) transition.side = other[transition.side];
    dirty.add(packet);
  }
  for (const frame of connection.frames) frame.from = other[frame.from];
}
