// @ts-check
// The feed of what the server understands of this page's own connections. Whoever knows the key sees them; nobody
// guesses 128 bits, and the key is forgotten with the feed. Where the feed ends, the page subscribes again by itself.

import { address } from "../common/address.js";
import { endpoint, newKey } from "../common/endpoint.js";

/** How long until the next try, and at most. */
const FIRST_TRY_MS = 500;
const LONGEST_MS = 4_000;

/** Opens the feed, and calls `receive` with each object that comes, `lost` when it ends, `back` when it is there again. */
export class LiveFeed {
  key = "";
  /** Resolves when connections of this key are watched. @type {Promise<void>} */
  ready = Promise.resolve();
  /** Whether it ended, and has not come back. */
  isLost = false;
  /** @type {WebSocket | null} */
  #socket = null;
  #wait = FIRST_TRY_MS;
  #isEnded = false;
  #tell;

  /** @param {{ receive: (object: Feed.Thing | Feed.News) => void, lost: () => void, back: () => void }} tell */
  constructor(tell) {
    this.#tell = tell;
    this.ready = new Promise((done) => this.#subscribe(done));
  }

  /** @param {() => void} ready */
  #subscribe(ready) {
    this.key = newKey();
    const socket = new WebSocket(endpoint("/inspect/live", { key: this.key }));
    this.#socket = socket;
    let isOpen = false;
    socket.addEventListener("open", () => {
      isOpen = true;
      this.#wait = FIRST_TRY_MS;
      if (this.isLost) this.#tell.back();
      this.isLost = false;
      ready();
    });
    socket.addEventListener("message", ({ data }) => JSON.parse(data).forEach(this.#tell.receive));
    socket.addEventListener("close", () => {
      if (this.#isEnded) return;
      if (isOpen) this.ready = new Promise((done) => { ready = done; });
      if (!this.isLost) {
        this.isLost = true;
        this.#tell.lost();
      }
      setTimeout(() => this.#subscribe(ready), this.#wait);
      this.#wait = Math.min(2 * this.#wait, LONGEST_MS);
    });
  }

  /** Has the server do something at its end of a connection: ping, fragments, close or abort. */
  command(stream, command) {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ stream, ...command }));
  }

  /** Ends it. What was saved under its key is forgotten. */
  end() {
    this.#isEnded = true;
    this.#socket?.close();
  }

  /** Where what was watched can be saved. */
  saved(name, language) {
    return address(`/inspect/saved/${this.key}/${name}?lang=${language}`);
  }
}
