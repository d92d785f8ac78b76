// @ts-check
// Where the reader is in the ladder: at its newest row, or where they have moved, or where the address pointed. Who
// reads something older is left alone.

import { at } from "../common/page.js";

/** The keys by which one moves, and whether upwards. */
const MOVES = { ArrowUp: true, PageUp: true, Home: true, ArrowDown: false, PageDown: false, End: false };
/** Where the ladder scrolls by itself, and the newest are followed unless the reader says no. */
const SCROLLS = matchMedia("(min-height: 26.01rem)");
/** Where the ladder is small, who does something wants to see what comes of it. */
const NARROW = matchMedia("(max-width: 47.99rem)");

export class Reader {
  #rows;
  /** What the address named when the page was loaded, until that is there, or the reader has moved. */
  #wanted = location.hash.slice(1);

  /** @param {import("../rows/rows.js").Rows} rows */
  constructor(rows) {
    this.#rows = rows;
    at("follow").checked = SCROLLS.matches;
    at("follow").addEventListener("change", () => this.shown());
    // A card may open below it, or a strip above.
    let height = 0;
    new ResizeObserver(([{ contentRect }]) => {
      if (contentRect.height !== height && at("follow").checked) this.#goToNewest();
      height = contentRect.height;
    }).observe(at("seen"));
    // Who scrolls up reads. And who moves at all has forgotten where the address pointed.
    addEventListener("wheel", ({ deltaY }) => this.#moves(deltaY < 0), { passive: true });
    addEventListener("touchmove", () => this.#moves(true), { passive: true });
    addEventListener("keydown", ({ key, target }) => {
      const isElsewhere = target instanceof Element && target.closest("input, select, .tour, .sheet") !== null;
      if (Object.hasOwn(MOVES, key) && !isElsewhere) this.#moves(MOVES[key]);
    });
    at("rows").addEventListener("click", () => this.#moves(false));
    addEventListener("hashchange", () => {
      at("follow").checked = false;
      this.#wanted = location.hash.slice(1);
      this.goToWanted();
      this.#wanted = "";
    });
  }

  /** The reader does something. */
  acts() {
    if (NARROW.matches) at("follow").checked = true;
  }

  /** Rows have come. */
  shown() {
    this.goToWanted();
    if (at("follow").checked) this.#goToNewest();
  }

  /** Goes to what the address names, once, as soon as it is there. */
  goToWanted() {
    if (this.#wanted === "") return;
    const found = this.#rows.reveal(this.#wanted);
    if (found === null) return;
    this.#wanted = "";
    at("follow").checked = false;
    // Who writes goes on writing.
    if (document.activeElement?.localName !== "input") found.focus({ preventScroll: true });
  }

  /** To the last row; and when the connection has ended to the verdict. Notes stand behind both. */
  #goToNewest() {
    this.#rows.show();
    const connection = [...document.querySelectorAll("#rows .connection")].at(-1);
    const newest = connection?.querySelector(".story > :last-child") ?? connection?.querySelector(":scope > .chunks > :last-child");
    if (SCROLLS.matches) newest?.scrollIntoView({ block: "end" });
    else /** @type {Element} */ (document.scrollingElement).scrollTop = Number.MAX_SAFE_INTEGER;
  }

  #moves(isUp) {
    this.#wanted = "";
    if (isUp) at("follow").checked = false;
  }
}
