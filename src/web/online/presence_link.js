// @ts-check
// The presence connection: opens it, keeps it open, and says in which state it is.
//
//   connecting ──▶ online ◀──▶ reconnecting       lost, too slow, one too many, server stopping
//                    │
//                    ├──▶ replaced      4002: another tab took the session over, so do not fight for it
//                    ├──▶ elsewhere     4001: a newer login took over
//                    ├──▶ ended         4001: removed by an administrator, password changed, too many sessions
//                    └──▶ signed-out    4001 without a notice: signed out in another window; 4003, a 401, or leave()
//
// Events, each with a detail: "state" { state, reason, until, text }, "user" { userName, userId, uuid }, "count" N,
// "wire" the message that it came in, "answer" { online, text } or null when none came, "message" { kind, text }. Of
// "elsewhere" and "ended" the reason is the notice's why, and the text what the administrator gave as the reason.

import { call } from "../common/api.js";
import { endpoint } from "../common/endpoint.js";

// How long to wait before the next try.
//
// Nothing answers, and someone looks at the page: between these two, at random. So a page is back within two seconds of
// the server, and of thousands that lost it in one moment each comes at a moment of its own. Such a try costs the
// server nothing while it is down.
const SHORTEST_WAIT_MS = 400;
const LONGEST_WAIT_MS = 1_500;
// The server answers and does not let us in, or nobody looks: at random, up to a ceiling that doubles with each try.
const FIRST_CEILING_MS = 1_000;
const LAST_CEILING_MS = 30_000;
/** Two tries may not follow each other faster, whatever wakes us. */
const SHORTEST_DELAY_MS = 200;
/** A connection that lasted this long starts the back-off afresh. */
const STABLE_AFTER_MS = 10_000;
const OPEN_PATIENCE_MS = 10_000;
const ANSWER_PATIENCE_MS = 5_000;
/** Answers of a proxy whose server is down. */
const UNREACHABLE = [0, 502, 504];

const CLOSE_NORMAL = 1000;
const REASONS = { 1001: "stopping", 1012: "stopping", 4008: "slow", 4029: "many" };
const RESTS = { 4001: "signed-out", 4002: "replaced", 4003: "signed-out" };
const EXPIRED = 4003;
/** The server let us in, and not for long. */
const REFUSALS = [4008, 4029];

/** @typedef {{ state: string, reason: string | null, until: number | null, text: string | null }} State */

export class PresenceLink extends EventTarget {
  #state = "connecting";
  /** @type {any} */
  #session = null;
  /** @type {WebSocket | null} */
  #socket = null;
  /** Tries since a connection was last stable. */
  #tries = 0;
  /** Those of them that the server answered. */
  #refusals = 0;
  /** Whether anything answered when we last tried. */
  #isAnswered = false;
  /** Whether to ask who we are before the next try: a browser reports a refused upgrade as 1006, like a cut cable, and
   *  slows down a page whose WebSockets keep failing. */
  #asksFirst = true;
  #triedAt = -Infinity;
  /** Counts up with every try and every stop: what was begun under an older number is void. */
  #turn = 0;
  #timers = { retry: 0, open: 0, stable: 0, answer: 0 };
  /** Who waits for an answer, in the order of asking: "person" or "probe". */
  /** @type {("person" | "probe")[]} */
  #questions = [];
  /** Why the session has ended, as the server's notice said before the Close: { why, reason }. */
  /** @type {{ why: string | null, reason: string } | null} */
  #notice = null;

  /**
   * Calls `listener` with the detail of each event of this name.
   * @param {string} name
   * @param {(detail: any) => void} listener
   */
  listen(name, listener) {
    this.addEventListener(name, (event) => listener(/** @type {CustomEvent} */ (event).detail));
  }

  /** Begins, or begins again: asks who we are and connects. */
  start() {
    this.#halt();
    this.#session = null;
    this.#notice = null;
    this.#tries = 0;
    this.#refusals = 0;
    this.#asksFirst = true;
    this.#enter("connecting");
    this.#try();
  }

  /** Ends for good, because the user signs out. */
  leave() {
    this.#halt();
    this.#enter("signed-out", { reason: "left" });
  }

  /** The page goes away, perhaps to come back. */
  pause() {
    this.#halt();
  }

  /** The page is back. A connection that another tab or client took over stays with it. */
  resume() {
    if (!["replaced", "elsewhere", "ended"].includes(this.#state)) this.start();
  }

  /** Something suggests that now is a good moment: the network is back, someone looks, someone pressed the button. */
  wake() {
    if (this.#state === "online") {
      if (this.#questions.length === 0) this.#question("probe");
    } else if (this.#timers.retry !== 0 && performance.now() - this.#triedAt > SHORTEST_DELAY_MS) {
      this.#try();
    }
  }

  /** Asks the server how many users are online; false if there is no connection to ask over. */
  ask() {
    return this.#state === "online" && this.#question("person");
  }

  async #try() {
    this.#halt();
    const turn = this.#turn;
    this.#tries += 1;
    this.#triedAt = performance.now();
    if (this.#state === "reconnecting") this.#enter("reconnecting");
    if (this.#asksFirst) {
      const { code, data, retryAfter } = await call("GET", "/user/info");
      if (turn !== this.#turn) return;
      this.#isAnswered = !UNREACHABLE.includes(code);
      if (this.#isAnswered) this.#refusals += 1;
      if (code === 401) return this.#enter("signed-out", { reason: "unknown" });
      if (code === 200 && data !== null) {
        this.#session = data;
        this.#emit("user", data);
      } else {
        return this.#retry({ least: (retryAfter ?? 0) * 1_000 });
      }
    }
    this.#open();
  }

  #open() {
    const { uuid, userId } = this.#session;
    const socket = new WebSocket(endpoint("/message", { sessionId: uuid, userId }));
    this.#socket = socket;
    const ours = (handle) => (event) => {
      if (socket === this.#socket) handle(event);
    };
    socket.addEventListener("open", ours(() => {
      this.#clear("open");
      this.#timers.stable = setTimeout(() => {
        this.#tries = 0;
        this.#refusals = 0;
      }, STABLE_AFTER_MS);
      this.#enter("online");
    }));
    socket.addEventListener("message", ours((event) => this.#receive(event.data)));
    socket.addEventListener("close", ours((event) => this.#closed(event.code)));
    this.#timers.open = setTimeout(() => this.#retry(), OPEN_PATIENCE_MS);
  }

  #receive(data) {
    if (typeof data !== "string") return;
    let heard;
    try {
      heard = JSON.parse(data);
    } catch {
      heard = null;
    }
    const { message, event, online, why, reason } = heard ?? {};
    const text = typeof message === "string" ? message : data;
    const known = Number.isSafeInteger(online) && online >= 0;
    if (known) {
      this.#emit("wire", data);
      this.#emit("count", online);
    }
    this.#alive(event === "answer" || event === "error", { online: known ? online : null, text });
    switch (event) {
      case "presence": case "answer": return;
      case "kicked":
        this.#notice = { why: typeof why === "string" ? why : null, reason: typeof reason === "string" ? reason : "" };
        // falls through
      default:
        this.#emit("message", { kind: event, text });
    }
  }

  // Whatever arrives shows that the other end lives; an answer, or the refusal of one, also ends a question.
  #alive(answered, answer) {
    this.#clear("answer");
    if (answered && this.#questions.shift() === "person") this.#emit("answer", answer);
    if (this.#questions.length > 0) this.#expectAnswer();
  }

  #question(asker) {
    this.#socket?.send(JSON.stringify({ sessionId: this.#session.uuid, query: "onLineNumber" }));
    this.#questions.push(asker);
    if (this.#timers.answer === 0) this.#expectAnswer();
    return true;
  }

  // Silence means a dead connection that TCP has not noticed: after sleep, after a change of network.
  #expectAnswer() {
    this.#timers.answer = setTimeout(() => this.#retry(), ANSWER_PATIENCE_MS);
  }

  #closed(code) {
    const notice = this.#notice;
    if (notice === null && RESTS[code] === undefined) {
      if (REFUSALS.includes(code)) this.#refusals += 1;
      if (this.#state === "online") this.#isAnswered = REFUSALS.includes(code);
      return this.#retry({ reason: REASONS[code] });
    }
    this.#halt();
    if (notice === null) return this.#enter(RESTS[code], { reason: code === EXPIRED ? "expired" : null });
    this.#enter(notice.why === "elsewhere" ? "elsewhere" : "ended", { reason: notice.why, text: notice.reason });
  }

  #retry({ reason = navigator.onLine ? "lost" : "offline", least = 0 } = {}) {
    this.#asksFirst = this.#state !== "online";
    this.#halt();
    const delay = Math.max(SHORTEST_DELAY_MS, least, this.#delay());
    this.#timers.retry = setTimeout(() => this.#try(), delay);
    this.#enter("reconnecting", { reason, until: Date.now() + delay });
  }

  #delay() {
    if (!this.#isAnswered && document.visibilityState === "visible") {
      return SHORTEST_WAIT_MS + Math.random() * (LONGEST_WAIT_MS - SHORTEST_WAIT_MS);
    }
    const tries = this.#isAnswered ? this.#refusals : this.#tries;
    return Math.random() * Math.min(LAST_CEILING_MS, FIRST_CEILING_MS * 2 ** Math.max(0, tries - 1));
  }

  // Lets go of the socket and of everything that waits. The closing handshake of a dead peer would take a minute, so
  // its end is not awaited: from here on the old socket's events are nobody's.
  #halt() {
    this.#turn += 1;
    for (const name of Object.keys(this.#timers)) this.#clear(name);
    const socket = this.#socket;
    this.#socket = null;
    socket?.close(CLOSE_NORMAL);
    if (this.#questions.splice(0).includes("person")) this.#emit("answer", null);
  }

  #clear(name) {
    clearTimeout(this.#timers[name]);
    this.#timers[name] = 0;
  }

  /**
   * @param {string} state
   * @param {Partial<State>} more
   */
  #enter(state, { reason = null, until = null, text = null } = {}) {
    this.#state = state;
    this.#emit("state", { state, reason, until, text });
  }

  #emit(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
