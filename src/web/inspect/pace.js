// @ts-check
// How fast what came is shown: at once, slowly, step by step, or not now. The network is never held: what comes
// meanwhile waits here. What comes faster than anyone reads is folded into a number.

import { weightOf } from "../rows/log.js";

/** So many frames and packets are shown of a second; what is more, and changes nothing, is folded. */
const FRAMES_A_SECOND = 20;
const PACKETS_A_SECOND = 60;
/** So much may wait, in bytes of memory; what comes then, and changes nothing, is counted only. */
const MOST_WAITING = 16 * 1024 * 1024;
/** So much is shown in all; what comes then, and changes nothing, is folded. */
const MOST_SHOWN = 48 * 1024 * 1024;
/** What makes a packet worth showing, however many there are. */
const NEWS = ["connection", "transition", "upgrade", "finding", "close", "story"];
const CONTROL = ["close", "ping", "pong"];

/**
 * Takes objects in their order, and gives them to `show` packet by packet: an array of the objects of one packet. Those
 * that came too fast to be read go to `fold` instead; of those that there is no room for `skip` is told how many there
 * were. `changed` is called when what waits has changed.
 */
export class Pace {
  /** How many packets wait. */
  waiting = 0;
  #give;
  #changed;
  /** The objects of the packet that is coming. */
  #coming = [];
  /** What is to be done, in its order, with what it weighs. */
  #waiting = [];
  #weight = 0;
  #shown = 0;
  #second = 0;
  #frames = 0;
  #packets = 0;
  #timer = 0;
  #perSecond = 0;
  #paused = false;

  constructor({ show, fold, skip, changed }) {
    this.#give = { show, fold, skip };
    this.#changed = changed;
  }

  get paused() {
    return this.#paused;
  }

  /** Takes the next object. A packet is whole when the next begins, or when nothing comes for a moment. */
  add(object) {
    const begins = object.type === "connection" || (object.type === "packet" && this.#coming.at(-1)?.type !== "connection");
    if (begins) this.flush();
    this.#coming.push(object);
  }

  /** The packet that is coming is whole. */
  flush() {
    if (this.#coming.length === 0) return;
    const group = this.#coming;
    this.#coming = [];
    this.#wait(group, this.#isTooMuch(group) ? "fold" : "show");
    if (!this.#paused && this.#perSecond === 0) this.#release();
    this.#changed();
  }

  pause(paused) {
    this.#paused = paused;
    this.#run();
  }

  /** Shows so many packets a second; 0: at once. */
  slow(perSecond) {
    this.#perSecond = perSecond;
    this.#run();
  }

  /** Shows the next packet, and before it what is folded. */
  step() {
    let what = "";
    while (this.#waiting.length > 0 && what !== "show") what = this.#next();
    this.#changed();
  }

  /** Shows what waits until that is enough; whether it came to that. */
  stepUntil(isEnough) {
    while (!isEnough()) {
      if (this.#waiting.length === 0) return false;
      this.#next();
    }
    this.#changed();
    return true;
  }

  /** Nothing of what was shown is there any more. */
  forget() {
    this.#shown = 0;
  }

  /** Lets go of what waits. */
  drop() {
    [this.#coming, this.#waiting, this.#weight, this.#shown, this.waiting] = [[], [], 0, 0, 0];
    this.#changed();
  }

  #run() {
    clearInterval(this.#timer);
    this.#timer = 0;
    if (!this.#paused && this.#perSecond === 0) this.#release();
    else if (!this.#paused) this.#timer = setInterval(() => this.step(), 1000 / this.#perSecond);
    this.#changed();
  }

  #release() {
    while (this.#waiting.length > 0) this.#next();
  }

  #next() {
    const { what, it, weight } = this.#waiting.shift();
    this.#weight -= weight;
    this.waiting -= what === "skip" ? it.packets : 1;
    if (what === "show") this.#shown += weight;
    this.#give[what](it);
    return what;
  }

  #wait(group, what) {
    this.waiting += 1;
    const weight = group.reduce((sum, object) => sum + weightOf(object), 0);
    if (what === "fold" && this.#weight + weight > MOST_WAITING) return this.#count(group);
    this.#weight += weight;
    this.#waiting.push({ what, it: group, weight });
  }

  /** Keeps nothing of a packet but that there was one. */
  #count(group) {
    const { number, stream } = group.find(({ type }) => type === "packet");
    const frames = framesIn(group);
    const last = this.#waiting.at(-1);
    if (last?.what === "skip" && last.it.stream === stream) {
      Object.assign(last.it, { to: number, packets: last.it.packets + 1, frames: last.it.frames + frames });
    } else {
      this.#waiting.push({ what: "skip", it: { stream, from: number, to: number, packets: 1, frames }, weight: 0 });
    }
  }

  #isTooMuch(group) {
    const packet = group.find(({ type }) => type === "packet");
    if (packet === undefined) return false;
    const second = Math.floor(packet.time_ns / 1e9);
    if (second !== this.#second) [this.#second, this.#frames, this.#packets] = [second, 0, 0];
    this.#packets += 1;
    this.#frames += framesIn(group);
    const isNews = group.some(({ type, opcode }) => NEWS.includes(type) || (type === "frame" && CONTROL.includes(opcode)));
    const isMuch = this.#frames > FRAMES_A_SECOND || this.#packets > PACKETS_A_SECOND
      || this.#weight >= MOST_WAITING || this.#shown + this.#weight >= MOST_SHOWN;
    return isMuch && !isNews;
  }
}

const framesIn = (group) => group.filter(({ type }) => type === "frame").length;
