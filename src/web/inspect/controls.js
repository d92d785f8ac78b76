// @ts-check
// What the reader can do: with the page's own WebSocket, and through the server at its end of it. What comes of it is
// shown by the feed, like everything else.

import { call } from "../common/api.js";
import { at } from "../common/page.js";
import { put, putText, putTexts } from "../common/words.js";
import { OwnSocket, runWatched } from "./own_socket.js";

const LARGE = 150_000;
const MANY = 1_000;
/** How many of them are sent at once, and how long until the next: a thousand a second. */
const PORTION = 20;
const PORTION_MS = 20;
/** What a script may close with (RFC 6455 §7.4.2, and the WebSocket standard), and how many bytes of a reason have room. */
const NORMAL = 1_000;
const OWN_CODES = [3_000, 4_999];
const LONGEST_REASON = 123;
const STATES = { connecting: "inspect.connecting", online: "inspect.open", closing: "inspect.closing", none: "inspect.none" };

export class Controls {
  /** The streams of this page's own connections that are open. @type {Set<number>} */
  #open = new Set();
  /** @type {OwnSocket | null} */
  #socket = null;
  /** The reader wants a new connection as soon as this one is closed. */
  #again = false;
  #feed;
  #available;
  #tell;

  /**
   * @param {import("./feed.js").LiveFeed} feed
   * @param {import("./availability.js").Availability} available
   * @param {{ acts: () => void, trouble: (word: string | null) => void }} tell `acts` is called before each deed, `trouble` with the word that says what is wrong, or `null`
   */
  constructor(feed, available, tell) {
    [this.#feed, this.#available, this.#tell] = [feed, available, tell];
    this.#preselect("endpoint");
    const own = {
      "send-binary": (it) => it.send(Uint8Array.from({ length: 16 }, (_, i) => i * 17)),
      "send-large": (it) => it.send(new Uint8Array(LARGE).fill(97)),
      "send-many": sendMany,
      "close": (it) => this.#close((code, reason) => it.close(code, reason)),
      "own-close": (it) => this.#close((code, reason) => it.close(code, reason)),
    };
    for (const [id, act] of Object.entries(own)) at(id).addEventListener("click", () => this.#withSocket(act));
    at("say").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#withSocket((it) => it.send(at("text").value));
    });
    at("connect").addEventListener("click", () => this.connect());
    for (const id of ["ping", "fragments", "abort"]) at(id).addEventListener("click", () => this.#command({ do: id }));
    at("server-close").addEventListener("click", () => this.#close((code, reason) => this.#command({ do: "close", code, reason })));
    for (const id of ["code", "reason"]) at(id).addEventListener("input", () => this.#wrongClose());
  }

  /** Whether the page's own WebSocket is open. */
  get isOpen() {
    return this.#socket?.isOpen ?? false;
  }

  /** A connection of this page's key began, or ended. */
  began(stream) {
    this.#open.add(stream);
    this.#available.set({ watched: true });
  }

  ended(stream) {
    this.#open.delete(stream);
    this.#available.set({ watched: this.#open.size > 0 });
  }

  /** Nothing is watched any more. */
  forget() {
    this.#open.clear();
    this.#available.set({ watched: false });
  }

  /** Opens a WebSocket; where there is one already, when that is closed. */
  async connect() {
    this.#tell.acts();
    if (this.#socket !== null) {
      this.#again = true;
      this.#socket.close(NORMAL, "");
      return;
    }
    this.#available.set({ idle: false });
    const path = at("endpoint").value;
    const query = await this.#query(path);
    this.#available.set({ idle: true });
    if (query === null) return this.#tell.trouble("inspect.sign-in");
    this.#tell.trouble(null);
    this.#socket = new OwnSocket(path, query, { report, changed: (state) => this.#show(state) });
  }

  /** What the address of an endpoint needs; `null`: the reader has to sign in first. */
  async #query(path) {
    await this.#feed.ready;
    const query = { inspect: this.#feed.key };
    if (path !== "/message") return query;
    const { code, data } = await call("GET", "/user/info");
    return code === 200 ? { ...query, sessionId: data.uuid, userId: data.userId } : null;
  }

  #show(state) {
    at("state").dataset.state = state;
    put(at("state"), STATES[state]);
    put(at("connect"), state === "online" ? "inspect.connect-again" : "inspect.connect");
    this.#available.set({ open: state === "online", idle: state === "online" || state === "none" });
    if (state !== "none") return;
    this.#socket = null;
    if (this.#again) this.connect();
    this.#again = false;
  }

  #withSocket(act) {
    if (this.#socket === null) return;
    this.#tell.acts();
    act(this.#socket);
  }

  #command(command) {
    this.#tell.acts();
    this.#tell.trouble(null);
    this.#feed.command(Math.max(...this.#open), command);
  }

  /** Closes with the code and the reason that the reader gave, if one may. */
  #close(close) {
    const wrong = this.#wrongClose();
    if (wrong === null) {
      at("closing").open = false;
      return close(Number(at("code").value), at("reason").value);
    }
    if (!at("closing").checkVisibility()) at("all-controls").click();
    at("closing").open = true;
    wrong.focus();
  }

  /** Says what is wrong with code or reason; gives the input, `null` if nothing is. */
  #wrongClose() {
    const code = Number(at("code").value);
    const isCode = at("code").value !== "" && (code === NORMAL || (Number.isInteger(code) && code >= OWN_CODES[0] && code <= OWN_CODES[1]));
    const bytes = new TextEncoder().encode(at("reason").value).length;
    const isReason = bytes <= LONGEST_REASON;
    at("code").setAttribute("aria-invalid", String(!isCode));
    at("reason").setAttribute("aria-invalid", String(!isReason));
    at("close-error").hidden = isCode && isReason;
    if (!isCode) put(at("close-error"), "inspect.wrong-code");
    else if (!isReason) put(at("close-error"), "inspect.wrong-reason", { n: bytes });
    if (isCode && isReason) return null;
    return isCode ? at("reason") : at("code");
  }

  /** Offers the experiments that a page can run. */
  async listExperiments() {
    const { code, data } = await call("GET", "/lab/experiments");
    if (code !== 200 || data === null) return;
    const rows = new Map(data.experiments.filter(({ browser }) => browser !== null).map((row) => [row.id, row]));
    for (const row of rows.values()) {
      const option = document.createElement("option");
      option.value = row.id;
      putTexts(option, { en: `${row.id} ${row.does.en}`, zh: `${row.id} ${row.does.zh}` });
      at("experiment").append(option);
    }
    at("run").addEventListener("click", () => this.#run(rows.get(at("experiment").value)));
    at("lab").hidden = false;
    if (!this.#preselect("experiment")) return;
    if (!at("more").checkVisibility()) at("all-controls").click();
    at("more").open = true;
    at("run").focus();
  }

  async #run(row) {
    this.#tell.acts();
    await this.#feed.ready;
    this.#available.set({ idle: false });
    await runWatched(row, this.#feed.key, report);
    this.#available.set({ idle: true });
  }

  /** Chooses what the address names: `?endpoint=/message`, `?experiment=F02`. */
  #preselect(id) {
    const wanted = new URLSearchParams(location.search).get(id);
    const option = [...at(id).options].find(({ value }) => value === wanted);
    if (option !== undefined) option.selected = true;
    return option !== undefined;
  }
}

async function sendMany(socket) {
  for (let sent = 0; sent < MANY && socket.isOpen; sent += PORTION) {
    for (let next = sent; next < sent + PORTION; next += 1) socket.send(`message ${next + 1}`);
    await new Promise((done) => { setTimeout(done, PORTION_MS); });
  }
}

/** What the browser itself says: all that a page usually gets to know. */
function report(text) {
  const item = document.createElement("div");
  putText(item, text);
  at("reported").append(item);
  while (at("reported").children.length > 20) at("reported").firstElementChild.remove();
  at("reported").scrollTop = at("reported").scrollHeight;
}
