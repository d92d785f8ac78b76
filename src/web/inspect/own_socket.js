// The page's own WebSocket, and an experiment of the lab, both watched: what a script can do, and what it gets to know.

import { endpoint } from "./feed.js";
import { run } from "../lab/experiment_run.js";

const SHOWN_CHARACTERS = 60;

export class Visit {
  #socket;
  /** Messages that came; few are told one by one. */
  #heard = 0;

  /** Opens it. `told` hears in words what the browser reports, `changed` the state: connecting, online, closing, none. */
  constructor(path, query, { told, changed }) {
    this.#socket = new WebSocket(endpoint(path, query));
    this.#socket.binaryType = "arraybuffer";
    changed("connecting");
    this.#socket.addEventListener("open", () => {
      told("open");
      changed("online");
    });
    this.#socket.addEventListener("message", ({ data }) => {
      this.#heard += 1;
      const many = this.#heard > 20;
      if (!many || this.#heard % 100 === 0) told(`${many ? `${this.#heard} × ` : ""}message ${shown(data)}`);
    });
    this.#socket.addEventListener("error", () => told("error"));
    this.#socket.addEventListener("close", ({ code, wasClean, reason }) => {
      told(`close ${code} wasClean=${wasClean}${reason === "" ? "" : ` ${JSON.stringify(reason)}`}`);
      changed("none");
    });
    this.closing = () => changed("closing");
  }

  get isOpen() {
    return this.#socket.readyState === WebSocket.OPEN;
  }

  send(data) {
    this.#socket.send(data);
  }

  close(code) {
    this.closing();
    this.#socket.close(code);
  }
}

/** Runs an experiment under the eyes of the feed; ends when it has. */
export async function experiment(row, key, told) {
  const seen = [];
  await run(row, ({ connections }) => {
    connections.forEach(({ events }, number) => {
      seen[number] ??= 0;
      for (const { text } of events.slice(seen[number])) told(connections.length > 1 ? `#${number + 1} ${text}` : text);
      seen[number] = events.length;
    });
  }, { inspect: key });
}

function shown(data) {
  if (typeof data !== "string") return `${data.byteLength} B`;
  return JSON.stringify(data.length <= SHOWN_CHARACTERS ? data : `${data.slice(0, SHOWN_CHARACTERS)}…`);
}
