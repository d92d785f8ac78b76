// @ts-check
// The feed of what the server understands of this page's own connections. Whoever knows the key sees them; nobody
// guesses 128 bits, and the key is forgotten with the feed.

import { endpoint, newKey } from "../common/endpoint.js";

/** Opens the feed, and calls `receive` with each object that comes, and `ended` when no more will. */
export class LiveFeed {
  #socket;
  key = newKey();
  /** Resolves when connections of this key are watched; rejects if they will not be. */
  ready;

  /**
   * @param {(object: Feed.Thing | Feed.News) => void} receive
   * @param {() => void} ended
   */
  constructor(receive, ended) {
    const address = endpoint("/inspect/live", { key: this.key });
    this.#socket = new WebSocket(address);
    this.ready = new Promise((/** @type {(value?: undefined) => void} */ done, failed) => {
      this.#socket.addEventListener("open", () => done());
      this.#socket.addEventListener("close", () => {
        failed(new Error("no feed"));
        ended();
      });
    });
    // Told by `ended`.
    this.ready.catch(() => {});
    this.#socket.addEventListener("message", ({ data }) => JSON.parse(data).forEach(receive));
  }

  /** Has the server do something at its end of a connection: ping, fragments, close or abort. */
  command(stream, command) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ stream, ...command }));
  }

  /** Where what was watched can be saved. */
  saved(name, language) {
    return `/inspect/saved/${this.key}/${name}?lang=${language}`;
  }
  /** Ends it. What was saved under its key is forgotten. */
  close() {
    this.#socket.close();
  }
}
