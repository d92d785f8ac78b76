// @ts-check
// The page's own WebSocket, and an experiment of the lab, both watched: what a script can do, and what it gets to know.

import { endpoint } from "../common/endpoint.js";
import { escapeControls } from "../common/escape.js";
import { run } from "../common/experiment_run.js";

const SHOWN_CHARACTERS = 60;

export class OwnSocket {
  #socket;
  /** Messages that came; few are reported one by one. */
  #heard = 0;

  /** Opens it. `report` hears in words what the browser reports, `changed` the state: connecting, online, closing, none. */
  constructor(path, query, { report, changed }) {
    this.#socket = new WebSocket(endpoint(path, query));
    this.#socket.binaryType = "arraybuffer";
    changed("connecting");
    this.#socket.addEventListener("open", () => {
      report("open");
      changed("online");
    });
    this.#socket.addEventListener("message", ({ data }) => {
      this.#heard += 1;
      const many = this.#heard > 20;
      if (!many || this.#heard % 100 === 0) report(`${many ? `${this.#heard} × ` : ""}message ${shown(data)}`);
    });
    this.#socket.addEventListener("error", () => report("error"));
    this.#socket.addEventListener("close", ({ code, wasClean, reason }) => {
      report(`close ${code} wasClean=${wasClean}${reason === "" ? "" : ` ${quoted(reason)}`}`);
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

  close(code, reason) {
    this.closing();
    this.#socket.close(code, reason);
  }
}

/** Runs an experiment under the eyes of the feed; ends when it has. */
export async function runWatched(row, key, report) {
  const seen = [];
  await run(row, ({ connections }) => {
    connections.forEach(({ events }, number) => {
      seen[number] ??= 0;
      for (const { text } of events.slice(seen[number])) report(connections.length > 1 ? `#${number + 1} ${text}` : text);
      seen[number] = events.length;
    });
  }, { inspect: key });
}

function shown(data) {
  if (typeof data !== "string") return `${data.byteLength} B`;
  return quoted(data.length <= SHOWN_CHARACTERS ? data : `${data.slice(0, SHOWN_CHARACTERS)}…`);
}

const quoted = (text) => escapeControls(JSON.stringify(text));
