// @ts-check
// A list of rows that appear as they are needed: in chunks, each made when the reader comes near it.
//
// What stands in it is an object of which `make()` gives the row, an `li`. The list keeps that as its `item`, and where
// it stands as its `chunk`. A row whose object has `update()` is not made anew when it changes, but updated.

import { el } from "./dom.js";

/** Rows that are made in one go. */
const CHUNK = 50;
/** How high a row that was not made yet is supposed to be, in pixels. */
const ROW_HEIGHT = 44;
/** How far from what is seen rows are made. */
const MARGIN = "1500px 0px";

const watcher = new IntersectionObserver((seen) => {
  for (const { target, isIntersecting } of seen) if (isIntersecting) fill(/** @type {any} */ (target).chunk);
}, /** @type {IntersectionObserverInit} */ ({ rootMargin: MARGIN, scrollMargin: MARGIN }));

export class List {
  element = el("div", "chunks");
  /** What it is the inside of: a fold, or nothing. */
  owner;
  /** @type {any[]} */
  #chunks = [];

  /** @param {any} owner */
  constructor(owner = null) {
    this.owner = owner;
  }

  /** All that stands in it. */
  get entries() {
    return this.#chunks.flatMap(({ entries }) => entries);
  }

  /** The last, and the one before it; `null` where there is none. */
  get lastTwo() {
    const near = this.#chunks.slice(-2).flatMap(({ entries }) => entries).slice(-2);
    return near.length === 2 ? near : [null, near[0] ?? null];
  }

  /** Its row is made with the next `refresh`, or when the reader comes near. */
  add(entry) {
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || chunk.entries.length >= CHUNK) chunk = this.#begin();
    chunk.entries.push(entry);
    entry.chunk = chunk;
    hold(chunk);
  }

  /** Puts others, or nothing, in the place of one. */
  replace(entry, ...others) {
    const { chunk, item } = entry;
    chunk.entries.splice(chunk.entries.indexOf(entry), 1, ...others);
    for (const other of others) other.chunk = chunk;
    entry.chunk = null;
    if (chunk.entries.length === 0) return this.#end(chunk);
    hold(chunk);
    item?.remove();
    others.forEach(refresh);
  }

  /** Takes the first rows off, and gives what stood there. */
  shift() {
    const [first] = this.#chunks;
    if (first === undefined) return [];
    this.#end(first);
    return first.entries;
  }

  /** Makes its first rows. */
  fillFirst() {
    if (this.#chunks.length > 0) fill(this.#chunks[0]);
  }

  /** Makes all its rows, and those of what is open in it. */
  fillAll() {
    for (const chunk of this.#chunks) {
      fill(chunk);
      for (const { open, list } of chunk.entries) if (open) list?.fillAll();
    }
  }

  /** Makes all rows anew that were made. */
  redraw() {
    for (const chunk of this.#chunks.filter(({ isFilled }) => isFilled)) {
      for (const { list } of chunk.entries) list?.redraw();
      draw(chunk);
    }
  }

  #begin() {
    const chunk = { entries: [], isFilled: false, list: this, element: el("ol", "chunk") };
    chunk.element.chunk = chunk;
    this.#chunks.push(chunk);
    this.element.append(chunk.element);
    watcher.observe(chunk.element);
    return chunk;
  }

  #end(chunk) {
    this.#chunks.splice(this.#chunks.indexOf(chunk), 1);
    watcher.unobserve(chunk.element);
    chunk.element.remove();
  }
}

/** Makes the rows that stand there, if that was not done yet. */
export function fill(chunk) {
  if (chunk.isFilled) return;
  chunk.isFilled = true;
  chunk.element.style.removeProperty("min-height");
  draw(chunk);
}

/** Makes the row of what has changed anew, and leaves the focus where it was. */
export function refresh(entry) {
  if (entry.chunk === null || !entry.chunk.isFilled) return;
  const old = entry.item;
  if (entry.update !== undefined && old?.parentNode === entry.chunk.element) return entry.update();
  const hasFocus = old?.contains(document.activeElement) ?? false;
  entry.item = entry.make();
  if (old?.parentNode === entry.chunk.element) old.replaceWith(entry.item);
  else entry.chunk.element.insertBefore(entry.item, behind(entry));
  if (hasFocus) entry.item.querySelector("summary").focus({ preventScroll: true });
}

/** The row before which the new row of an entry is to stand; `null`: none. */
function behind(entry) {
  const { chunk } = entry;
  const after = chunk.entries.slice(chunk.entries.indexOf(entry) + 1);
  return after.find(({ item }) => item?.parentNode === chunk.element)?.item ?? null;
}

function draw(chunk) {
  for (const entry of chunk.entries) entry.item = entry.make();
  chunk.element.replaceChildren(...chunk.entries.map(({ item }) => item));
}

/** Keeps room for rows that are not there yet. */
function hold(chunk) {
  if (!chunk.isFilled) chunk.element.style.setProperty("min-height", `${chunk.entries.length * ROW_HEIGHT}px`);
}
