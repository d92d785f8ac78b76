// The feed of what the server understands of this page's own connections. Whoever knows the key sees them; nobody
// guesses 128 bits, and the key is forgotten with the feed.

/** Opens the feed, and calls `hear` with each object that comes, `ended` when no more will. */
export class Feed {
  #socket;
  key = newKey();
  /** Resolves when connections of this key are watched; rejects if they will not be. */
  ready;

  constructor(hear, ended) {
    const address = endpoint("/inspect/live", { key: this.key });
    this.#socket = new WebSocket(address);
    this.ready = new Promise((done, failed) => {
      this.#socket.addEventListener("open", () => done());
      this.#socket.addEventListener("close", () => {
        failed(new Error("no feed"));
        ended();
      });
    });
    // Told by `ended`.
    this.ready.catch(() => {});
    this.#socket.addEventListener("message", ({ data }) => JSON.parse(data).forEach(hear));
  }

  /** Has the server do something at its end of a connection: ping, fragments, close or abort. */
  wish(stream, wish) {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify({ stream, ...wish }));
  }

  /** Where what was watched can be saved. */
  saved(name, language) {
    return `/inspect/saved/${this.key}/${name}?lang=${language}`;
  }
}

/** The address of one of the server's WebSocket endpoints. */
export function endpoint(path, query) {
  const address = new URL(path, location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = new URLSearchParams(query);
  return address;
}

function newKey() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
