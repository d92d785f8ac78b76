// @ts-check
// Both state machines, as far as the rows have come, and how long an end stays in TIME-WAIT.

import { at } from "../common/page.js";
import { put } from "../common/words.js";
import { Diagram } from "./diagram.js";

/** How long Linux waits in TIME-WAIT. */
const TIME_WAIT_MS = 60_000;
const MARKS = { captured: "", rebuilt: "*", inferred: "?" };

export class Machines {
  #tcp;
  #websocket;
  /** The ends whose TIME-WAIT is counted, and until when. @type {Map<string, number>} */
  #waits = new Map();

  constructor({ tcp, ws }) {
    this.#tcp = new Diagram(at("tcp"), "tcp", tcp);
    this.#websocket = new Diagram(at("ws"), "ws", ws);
    at("strip").addEventListener("click", () => at("strip").setAttribute("aria-expanded", String(at("strip").getAttribute("aria-expanded") !== "true")));
    at("enlarge").addEventListener("click", () => {
      const isLarge = at("desk").classList.toggle("enlarged");
      at("enlarge").setAttribute("aria-pressed", String(isLarge));
    });
    this.#name();
  }

  /** Where nothing is watched. */
  reset() {
    this.#stopWaiting();
    this.#tcp.reset();
    this.#websocket.reset();
    this.#name();
  }

  /** Where a connection begins. */
  begin() {
    this.reset();
    this.#tcp.show("client", "CLOSED");
    this.#tcp.show("server", "LISTEN", "?");
    this.#name();
  }

  /**
   * Follows what is shown, not what has come.
   * @param {Feed.Thing | Feed.News} object
   */
  follow(object) {
    if (object.type === "transition") {
      const machine = object.layer === "tcp" ? this.#tcp : this.#websocket;
      machine.mark(object.from, object.to);
      machine.show(object.side, object.to, MARKS[object.evidence]);
      if (object.to === "TIME-WAIT") this.#wait(object.side);
    } else if (object.type === "packet" && object.ws !== null) {
      for (const side of ["client", "server"]) {
        if (this.#websocket.states[side] === null) this.#websocket.show(side, object.ws[side], "?");
      }
    }
    this.#name();
  }

  /** All states in one line, for where that is all there is room for. */
  #name() {
    const [tcp, ws] = [this.#tcp.lit, this.#websocket.lit];
    at("strip").textContent = `${tcp.client} · ${ws.client.slice(2)} │ ${tcp.server} · ${ws.server.slice(2)}`;
  }

  #stopWaiting() {
    this.#waits.clear();
    at("waiting").hidden = true;
  }

  #wait(side) {
    const until = performance.now() + TIME_WAIT_MS;
    this.#waits.set(side, until);
    const tick = () => {
      if (this.#waits.get(side) !== until) return clearInterval(timer);
      const left = Math.ceil((until - performance.now()) / 1000);
      if (left > 0) return showWait(side, left);
      clearInterval(timer);
      at("waiting").hidden = true;
      this.#tcp.mark("TIME-WAIT", "CLOSED");
      this.#tcp.show(side, "CLOSED", "?");
      this.#name();
    };
    const timer = setInterval(tick, 250);
    tick();
  }
}

function showWait(side, left) {
  put(at("waiting"), side === "client" ? "inspect.wait-client" : "inspect.wait-server", { n: left });
  at("waiting").hidden = false;
}
