// @ts-check
// Packets that share one row: acknowledgments, or what came too fast to be read. Opened, it is a list of rows.

import { count, el, say } from "./dom.js";
import { List } from "./list.js";
import { beforeOf, lineOf } from "./packet_row.js";

class Fold {
  list = new List(this);
  /** @type {HTMLElement | null} */
  item = null;
  /** @type {any} */
  chunk = null;
  /** Its first packet. @type {any} */
  first = null;
  /** @type {any} */
  #box = null;
  /** @type {any} */
  #inside = null;

  constructor(open) {
    this.open = open;
  }

  /** By which class it is drawn. */
  get kind() {
    return "";
  }

  /** What stands in its line. @returns {(Element | null)[]} */
  line() {
    return [];
  }

  make() {
    this.#inside = el("div", "inside");
    this.#box = el("details", { class: `fold ${this.kind}`, open: this.open },
      el("summary", null, this.line()), this.#inside);
    this.#fill();
    this.#box.addEventListener("toggle", () => {
      this.open = this.#box.open;
      this.#fill();
    });
    return el("li", "step", this.first === null ? null : beforeOf(this.first), this.#box);
  }

  /** Its line says what it holds by now. */
  update() {
    this.#box.firstElementChild.replaceChildren(...this.line());
  }

  /** Opens or closes it. */
  set(open) {
    this.open = open;
    if (this.#box === null) return;
    this.#box.open = open;
    this.#fill();
  }

  #fill() {
    if (!this.open) this.#inside.replaceChildren();
    else if (this.#inside.childElementCount === 0) this.#inside.append(this.list.element);
  }
}

/** Acknowledgments in a row, as the ladder in a terminal folds them. */
export class Acks extends Fold {
  /** @type {any} */
  #last = null;
  #count = 0;

  static of(packets, open) {
    const acks = new Acks(open);
    for (const packet of packets) acks.add(packet);
    return acks;
  }

  get kind() {
    return `acks by-${this.first.object.from}`;
  }

  /** By what they know that they belong together. */
  get acks() {
    return this.first.bytes.acks;
  }

  add(packet) {
    this.first ??= packet;
    this.#last = packet;
    this.#count += 1;
    this.list.add(packet);
  }

  line() {
    const [first, last] = [this.first.object, this.#last.object];
    const text = `${say("row.acks", { n: this.#count })} #${first.number}…${last.number} ack=${first.ack}…${last.ack}`;
    const arrows = [{ kind: "ack", text }];
    const { time, delta, acks_delta } = this.#last.bytes;
    return lineOf({ number: last.number, time, delta: acks_delta ?? delta, from: last.from, arrows });
  }
}

/** What came too fast to be read. Not all of it may be kept. */
export class Fast extends Fold {
  /** @type {{ frames: number, packets: number, gone: number, from: number | null, to: number | null }} */
  #counted = { frames: 0, packets: 0, gone: 0, from: null, to: null };

  add(packet) {
    this.first ??= packet;
    this.list.add(packet);
  }

  get kind() {
    return "fast";
  }

  /** Counts packets from this number to that, the frames that they brought, and how many of them are not kept. */
  count({ from = null, to = null, packets = 0, frames = 0, gone = 0 }) {
    const all = this.#counted;
    this.#counted = {
      frames: all.frames + frames, packets: all.packets + packets, gone: all.gone + gone, from: all.from ?? from, to: to ?? all.to,
    };
  }

  /** Those that stood first in its list are not kept any more; gives them. */
  drop() {
    const packets = this.list.shift().flatMap((entry) => entry.list?.entries ?? [entry]);
    this.count({ gone: packets.length });
    return packets;
  }

  line() {
    const { frames, packets, gone, from, to } = this.#counted;
    const text = say("row.fast", { frames: count(frames), packets: count(packets), from, to });
    const arrows = [{ kind: "many", text, size: gone === 0 ? null : say("row.fast-gone", { n: count(gone) }) }];
    return lineOf({ number: to, time: null, from: null, arrows });
  }
}
