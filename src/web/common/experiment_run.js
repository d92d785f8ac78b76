// @ts-check
// One run of an experiment: opens the connections, does what the experiment asks of a client, and notes each event
// with its time; then asks the server what really happened.

import { call } from "./api.js";
import { endpoint, newKey } from "./endpoint.js";
import { escapeControls } from "./escape.js";

const BETWEEN_CONNECTIONS_MS = 1_000;
const BETWEEN_QUESTIONS_MS = 200;
/** An experiment ends by itself within 70 seconds. */
const PATIENCE_MS = 80_000;
const SHOWN_CHARACTERS = 80;

/**
 * Runs it, and calls `show` with `{ connections, account }` whenever there is news: for each connection its events
 * `{ at, text }` and what became of it, `{ opened, messages, code, wasClean }`; and the server's account, or null. `query` goes with each connection's address.
 */
export async function run(experiment, show, query = {}) {
  const key = newKey();
  const begin = performance.now();
  /** @type {{ connections: any[], account: any }} */
  const seen = { connections: [], account: null };
  let closed = false;
  // Before the first event the server may not know the run.
  await new Promise((/** @type {(value?: undefined) => void} */ started) => {
    const tell = (connection, text) => {
      connection.events.push({ at: Math.round(performance.now() - begin), text });
      show(seen);
      started();
    };
    visits(experiment, { run: key, ...query }, seen.connections, tell).then(() => { closed = true; });
  });
  while (performance.now() - begin < PATIENCE_MS) {
    // Asked last, so that what the last answer says is all.
    const last = closed;
    const { code, data } = await call("GET", `/lab/runs/${key}`);
    if (code === 200 && data !== null) {
      seen.account = data;
      show(seen);
      // The server may have more to do than the browser waits for.
      if (last && data.connections.every((connection) => connection.ended)) return seen;
    } else if (last && code !== 0) {
      return seen;
    }
    await wait(BETWEEN_QUESTIONS_MS);
  }
  return seen;
}

/** Opens the connections one after the other, and waits until all are closed. */
async function visits(experiment, query, connections, tell) {
  const ended = [];
  for (let number = 0; number < experiment.connections; number += 1) {
    if (number > 0) await wait(BETWEEN_CONNECTIONS_MS);
    const connection = { events: [], opened: false, messages: 0, code: null, wasClean: null };
    connections.push(connection);
    ended.push(visit(experiment, query, connection, (text) => tell(connection, text)));
  }
  await Promise.all(ended);
}

function visit(experiment, query, connection, tell) {
  const { subprotocols, acts } = experiment.client.fair ?? { subprotocols: [], acts: [] };
  const { id, seconds } = experiment;
  const address = endpoint(`/lab/${id}`, seconds === null ? query : { ...query, seconds });
  const socket = new WebSocket(address, subprotocols);
  socket.binaryType = "arraybuffer";
  return new Promise((/** @type {(value?: undefined) => void} */ done) => {
    socket.addEventListener("open", () => {
      connection.opened = true;
      tell("open");
      for (const act of acts) tell(perform(socket, act));
    });
    socket.addEventListener("message", ({ data }) => {
      connection.messages += 1;
      tell(`message ${typeof data === "string" ? quoted(data) : `${data.byteLength} B`}`);
    });
    socket.addEventListener("error", () => tell("error"));
    socket.addEventListener("close", ({ code, wasClean, reason }) => {
      connection.code = code;
      connection.wasClean = wasClean;
      tell(`close ${code} wasClean=${wasClean}${reason === "" ? "" : ` ${quoted(reason)}`}`);
      done();
    });
  });
}

function perform(socket, { text, binary, close }) {
  if (text !== undefined) {
    socket.send(text);
    return `send(${JSON.stringify(text)})`;
  }
  if (binary !== undefined) {
    socket.send(new Uint8Array(binary));
    return `send(${binary} B)`;
  }
  socket.close(close);
  return `close(${close})`;
}

function short(text) {
  return text.length <= SHOWN_CHARACTERS ? text : `${text.slice(0, SHOWN_CHARACTERS)}…`;
}

function quoted(text) {
  return escapeControls(JSON.stringify(short(text)));
}

function wait(time) {
  return new Promise((done) => { setTimeout(done, time); });
}
