// @ts-check
// The rows of connections, from the objects that `explain --ndjson` prints and those that a page gets besides (`bytes`,
// `story`): for the live page and for the report alike. Rows appear as they are needed.
//
//   const rows = new Rows(element, { language: "en", prefix: "F02-" });   where a page has several, each has a prefix
//   rows.add(object);            each object, in the order in which they come
//   rows.fold(group);            all objects of a packet that came too fast to be read
//   rows.skip(counted);          packets of which nothing is kept
//   rows.clear();                takes all rows away
//   rows.setLanguage("zh");
//   rows.openAll(true);          opens or closes every row
//   rows.reveal("p7");           shows packet 7; "f3" frame 3, "c1f3" that of connection 1, "c1" the connection;
//                                "p7/annotated", as addresses once were, is "p7"

import { el, say, speakRows } from "./dom.js";
import { learnFields } from "./field_table.js";
import { fill, List, refresh } from "./list.js";
import { Log, weightOf } from "./log.js";
import { findingOf, rowOf } from "./packet_row.js";
import { Acks, Fast } from "./folds.js";
import { endOf, headOf } from "./connection.js";

/** How much memory what came too fast may take: then the oldest of it goes. */
const MOST_FOLDED = 64 * 1024 * 1024;

export class Rows {
  /** What came too fast to be read: of that the rows are folded. */
  folded = { frames: 0, packets: 0, gone: 0, from: null, to: null };
  #element;
  #log;
  /** @type {Feed.File | null} */
  #file = null;
  /** @type {{ en: Feed.Words[], zh: Feed.Words[] }} */
  #notes = { en: [], zh: [] };
  #filePart = el("section", "of-file");
  #dirty = new Set();
  #due = false;
  #openAll = false;
  /** The folds that hold something, the oldest first, and how much that weighs. */
  #fast = new Set();
  #weight = 0;
  #most;
  #isFolding = false;

  constructor(element, { language = "en", most = MOST_FOLDED, prefix = "" } = {}) {
    this.#element = element;
    this.#most = most;
    this.#element.classList.add("rows");
    this.#element.append(this.#filePart);
    this.#log = new Log({
      connection: (connection) => this.#begin(connection),
      packet: (packet) => this.#place(packet),
      bytes: (packet) => this.#join(packet),
      wrong: (packet) => this.#unfold(packet),
      changed: (packet) => this.#dirty.add(packet),
    }, prefix);
    speakRows(language);
    this.#element.addEventListener("keydown", (event) => this.#step(event));
  }

  /**
   * Takes one object. What it changes is shown with the next picture.
   * @param {Feed.Thing} object
   */
  add(object) {
    if (object.type === "fields") learnFields(object);
    if (object.type === "file") this.#file = object;
    if (object.type === "notes") this.#notes = object;
    this.#log.add(object);
    this.#later();
  }

  /** Takes the objects of a packet that came too fast to be read. */
  fold(group) {
    this.#isFolding = true;
    for (const object of group) this.add(object);
    this.#isFolding = false;
    const { number, stream } = group.find(({ type }) => type === "packet");
    const packet = this.#log.packets.get(number);
    packet.weight = group.reduce((sum, object) => sum + weightOf(object), 0);
    this.#weight += packet.weight;
    this.#count(stream, { from: number, to: number, packets: 1, frames: group.filter(({ type }) => type === "frame").length });
    while (this.#weight > this.#most && this.#fast.size > 0) this.#forget();
  }

  /** Packets that came too fast, and of which nothing is kept: which, how many, and how many frames they brought. */
  skip({ stream, from, to, packets, frames }) {
    this.#log.skip(stream, frames);
    this.#count(stream, { from, to, packets, frames, gone: packets });
    this.#later();
  }

  /** Takes all rows away. What follows of connections that are open is added as before, and their frames count on. */
  clear() {
    for (const { section } of this.#log.connections.values()) section.remove();
    this.#log.clear();
    for (const connection of this.#log.connections.values()) this.#begin(connection);
    this.#dirty.clear();
    this.#fast.clear();
    this.#weight = 0;
    this.folded = { frames: 0, packets: 0, gone: 0, from: null, to: null };
    this.#later();
  }

  /** Shows everything in this language. */
  setLanguage(language) {
    speakRows(language);
    for (const connection of this.#log.connections.values()) {
      connection.isStale = true;
      connection.list.redraw();
    }
    this.#later();
  }

  /** Opens or closes every row, those too that are not there yet. */
  openAll(open) {
    this.#openAll = open;
    for (const packet of this.#log.packets.values()) packet.open = open;
    for (const fold of this.#folds()) fold.set(open);
    for (const box of this.#element.querySelectorAll("details.packet")) box.open = open;
  }

  /** Opens what was folded because it came too fast, and gives the first of it; `null`: there is none. */
  unfold() {
    this.show();
    const all = this.#folds().filter((fold) => fold instanceof Fast);
    for (const fold of all) fold.set(true);
    return all.length === 0 ? null : this.#bring(all[0]);
  }

  /** Shows what an address names, open; gives what is to have the focus, `null` if there is no such thing. */
  reveal(address) {
    this.show();
    const [, stream, kind, number] = /^(?:c(\d+))?(?:([pf])(\d+)(?:\/annotated)?)?$/.exec(address) ?? [];
    if (kind === undefined) {
      const found = stream === undefined ? undefined : this.#log.connections.get(Number(stream));
      found?.section.scrollIntoView();
      return found?.section ?? null;
    }
    const packet = kind === "p" ? this.#log.packets.get(Number(number)) : this.#log.packetOfFrame(stream, Number(number));
    if (packet === undefined) return null;
    packet.open = true;
    const summary = this.#bring(packet);
    if (kind === "f") packet.item.querySelector(`[id$="f${number}"]`)?.scrollIntoView({ block: "start" });
    return summary;
  }

  /** Makes all rows there are, for paper. */
  fillAll() {
    this.show();
    for (const { list } of this.#log.connections.values()) list.fillAll();
  }

  /** Shows now what was added. */
  show() {
    this.#due = false;
    for (const connection of this.#log.connections.values()) if (connection.isStale) this.#frame(connection);
    // Those that are seen first are there at once.
    this.#log.connections.values().next().value?.list.fillFirst();
    for (const entry of this.#dirty) refresh(entry);
    this.#dirty.clear();
    this.#showFile();
  }

  /** The arrow keys go from row to row. */
  #step(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.target.localName !== "summary") return;
    const list = event.target.closest(".chunk");
    for (const near of [list.previousElementSibling, list.nextElementSibling]) if (near !== null) fill(near.chunk);
    const all = [...this.#element.querySelectorAll("summary")];
    const to = all[all.indexOf(event.target) + step];
    if (to === undefined) return;
    event.preventDefault();
    to.focus();
  }

  #later() {
    if (this.#due) return;
    this.#due = true;
    // A page that is not seen gets no pictures; it must not fall behind for ever.
    if (document.hidden) setTimeout(() => this.#due && this.show(), 250);
    else requestAnimationFrame(() => this.#due && this.show());
  }

  #begin(connection) {
    const section = el("section", { class: "connection", id: `${connection.prefix}c${connection.stream}` });
    Object.assign(connection, { section, head: el("header"), list: new List(), end: el("footer") });
    section.append(connection.head, connection.list.element, connection.end);
    this.#element.insertBefore(section, this.#filePart);
  }

  #place(packet) {
    const { connection } = packet;
    Object.assign(packet, {
      open: this.#openAll, whole: new Set(), item: null, chunk: null, weight: 0, make: () => rowOf(packet),
    });
    if (this.#isFolding) this.#fastOf(connection).add(packet);
    else connection.list.add(packet);
    this.#dirty.add(packet);
  }

  /** What came too fast last, where nothing else has come since. */
  #fastOf({ list }) {
    let fold = list.lastTwo[1];
    if (!(fold instanceof Fast)) {
      fold = new Fast(this.#openAll);
      list.add(fold);
    }
    this.#fast.add(fold);
    this.#dirty.add(fold);
    return fold;
  }

  #count(stream, counted) {
    this.#fastOf(this.#log.connections.get(stream)).count(counted);
    const { folded } = this;
    const { from, to, packets = 0, frames = 0, gone = 0 } = counted;
    this.folded = { frames: folded.frames + frames, packets: folded.packets + packets, gone: folded.gone + gone, from: folded.from ?? from, to };
  }

  /** Lets go of what came too fast and is the oldest; what is open, last. */
  #forget() {
    const fold = [...this.#fast].find(({ open }) => !open) ?? [...this.#fast][0];
    const packets = fold.drop();
    for (const packet of packets) {
      this.#log.forget(packet);
      this.#dirty.delete(packet);
      this.#weight -= packet.weight;
    }
    this.folded.gone += packets.length;
    if (packets.length === 0) this.#fast.delete(fold);
    this.#dirty.add(fold);
  }

  /** A packet has its bytes. If it is one of several acknowledgments in a row, they share one row. */
  #join(packet) {
    this.#dirty.add(packet);
    const { list } = packet.chunk;
    const [before, last] = list.lastTwo;
    const { acks } = packet.bytes;
    if (acks === undefined || before === null || last !== packet) return;
    const isSecond = before.bytes?.acks === acks && before.findings.length === 0;
    if (!isSecond && before.acks !== acks) return;
    list.replace(packet);
    if (isSecond) {
      list.replace(before);
      list.add(Acks.of([before, packet], this.#openAll));
    } else {
      before.add(packet);
    }
    this.#dirty.add(packet.chunk.list.owner);
  }

  /** A finding is about a packet: it has a row of its own, and is not folded with others. */
  #unfold(packet) {
    this.#dirty.add(packet);
    const fold = packet.chunk.list.owner;
    if (!(fold instanceof Acks)) return;
    const all = fold.list.entries;
    const at = all.indexOf(packet);
    const parts = [all.slice(0, at), [packet], all.slice(at + 1)].filter(({ length }) => length > 0);
    fold.chunk?.list.replace(fold, ...parts.map((part) => (part.length === 1 ? part[0] : Acks.of(part, fold.open))));
  }

  /** All rows that are several. */
  #folds() {
    const within = (list) => list.entries.flatMap((entry) => (entry.list === undefined ? [] : [entry, ...within(entry.list)]));
    return [...this.#log.connections.values()].flatMap(({ list }) => within(list));
  }

  /** Shows a row, wherever it stands; gives what of it is to have the focus. */
  #bring(entry) {
    const { owner } = entry.chunk.list;
    if (owner !== null) {
      this.#bring(owner);
      owner.set(true);
    }
    fill(entry.chunk);
    refresh(entry);
    entry.item.scrollIntoView({ block: "start" });
    return entry.item.querySelector("summary");
  }

  /** What stands above and below a connection's rows. */
  #frame(connection) {
    connection.isStale = false;
    connection.head.replaceChildren(...headOf(connection));
    connection.end.replaceChildren(...endOf(connection));
  }

  #showFile() {
    const notes = this.#file?.notes ?? [];
    this.#filePart.hidden = notes.length === 0;
    this.#filePart.replaceChildren(...notes.length === 0 ? [] : [el("h2", null, say("row.of-file")), ...notes.map((note, at) => findingOf({ ...note, ...this.#notes.en[at], zh: this.#notes.zh[at] }, null))]);
  }
}
