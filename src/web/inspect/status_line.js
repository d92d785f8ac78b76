// @ts-check
// The line that says what just happened. It changes once a second at most, so that it can be read, and be read aloud:
// of what comes meanwhile the newest is said.

import { put, putText, putTexts } from "../common/words.js";

/** What comes together is said together: the last of it. */
const TOGETHER_MS = 100;
const BETWEEN_MS = 1_000;

export class StatusLine {
  #element;
  #timer = 0;
  #changed = -BETWEEN_MS;
  #next = () => {};
  #last = "";

  constructor(element) {
    this.#element = element;
  }

  /**
   * Says what the feed says.
   * @param {Feed.Said} text
   */
  say(text) {
    this.#later(JSON.stringify(text), () => (typeof text === "string" ? putText(this.#element, text) : putTexts(this.#element, text)));
  }

  /** Says the word `id`. */
  put(id, values = {}) {
    this.#later(id + JSON.stringify(values), () => put(this.#element, id, values));
  }

  #later(what, next) {
    if (what === this.#last && this.#timer === 0) return;
    this.#last = what;
    this.#next = next;
    if (this.#timer !== 0) return;
    const wait = Math.max(TOGETHER_MS, this.#changed + BETWEEN_MS - performance.now());
    this.#timer = setTimeout(() => {
      this.#timer = 0;
      this.#changed = performance.now();
      this.#next();
    }, wait);
  }
}
