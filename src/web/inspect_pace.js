// How fast what came is shown: at once, slowly, step by step, or not now. The network is never held: what comes
// meanwhile waits here. What comes faster than anyone reads is folded into a number.

/** So many frames and packets are shown of a second; what is more, and changes nothing, is folded. */
const FRAMES_A_SECOND = 20;
const PACKETS_A_SECOND = 60;
/** So many packets may wait; what comes then, and changes nothing, is folded. */
const MOST_WAITING = 2_000;
/** So many packets are shown in all. */
const MOST_SHOWN = 5_000;
/** What makes a packet worth showing, however many there are. */
const NEWS = ["connection", "transition", "upgrade", "finding", "close", "story"];
const CONTROL = ["close", "ping", "pong"];

/**
 * Takes objects in their order, and gives them to `show` packet by packet: an array of the objects of one packet. Those
 * that are folded go to `fold` instead. `changed` is called when what waits, or what was folded, has changed.
 */
export class Pace {
  #show;
  #fold;
  #changed;
  /** The objects of the packet that is coming. */
  #coming = [];
  #waiting = [];
  #second = 0;
  #frames = 0;
  #packets = 0;
  #shown = 0;
  #timer = 0;
  #perSecond = 0;
  #paused = false;
  folded = { frames: 0, packets: 0, first: null, last: null };

  constructor({ show, fold, changed }) {
    this.#show = show;
    this.#fold = fold;
    this.#changed = changed;
  }

  /** How many packets wait. */
  get waiting() {
    return this.#waiting.length;
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
    if (this.#isTooMuch(group)) return this.#folds(group);
    this.#waiting.push(group);
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

  /** Shows the next packet. */
  step() {
    const next = this.#waiting.shift();
    if (next !== undefined) this.#give(next);
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
    for (const group of this.#waiting.splice(0)) this.#give(group);
  }

  #give(group) {
    this.#shown += 1;
    this.#show(group);
  }

  #isTooMuch(group) {
    const second = Math.floor((group.find((it) => it.type === "packet")?.time_ns ?? 0) / 1e9);
    if (second !== this.#second) [this.#second, this.#frames, this.#packets] = [second, 0, 0];
    this.#packets += 1;
    this.#frames += group.filter((it) => it.type === "frame").length;
    const isNews = group.some((it) => NEWS.includes(it.type) || (it.type === "frame" && CONTROL.includes(it.opcode)));
    const isMuch = this.#frames > FRAMES_A_SECOND || this.#packets > PACKETS_A_SECOND
      || this.#waiting.length >= MOST_WAITING || this.#shown + this.#waiting.length >= MOST_SHOWN;
    return isMuch && !isNews;
  }

  #folds(group) {
    const number = group.find((it) => it.type === "packet")?.number;
    this.folded.frames += group.filter((it) => it.type === "frame").length;
    this.folded.packets += 1;
    this.folded.first ??= number;
    this.folded.last = number;
    this.#fold(group);
    this.#changed();
  }
}
