// @ts-check
// The live page: opens a WebSocket of its own, shows what the feed tells of it, and saves it.
// Whatever comes from outside is written with textContent only.

import { call } from "../common/api.js";
import { Diagram } from "./diagram.js";
import { LiveFeed } from "./feed.js";
import { Pace } from "./pace.js";
import { OwnSocket, runWatched } from "./own_socket.js";
import { Rows } from "../rows/rows.js";
import { at } from "../common/page.js";
import { language, put, putText, putTexts, speak } from "../common/words.js";

const LARGE = 150_000;
const MANY = 1_000;
/** How many of them are sent at once, and how long until the next: a thousand a second. */
const PORTION = 20;
const PORTION_MS = 20;
/** How long Linux waits in TIME-WAIT. */
const TIME_WAIT_MS = 60_000;
/** The keys by which one moves, and whether upwards. */
const MOVES = { ArrowUp: true, PageUp: true, Home: true, ArrowDown: false, PageDown: false, End: false };
const MARKS = { captured: "", rebuilt: "*", inferred: "?" };
/** By which endings what was watched is saved. */
const SAVES = { pcapng: "pcapng", json: "json", html: "html", mermaid: "mmd" };
/** With so much room the rows scroll by themselves, and the newest are followed unless the reader says no. */
const BESIDE = matchMedia("(min-width: 75rem) and (min-height: 48rem)");

/** The stream that is talked about: the last one that began. */
let stream = null;
/** The streams of this page's own connections that are open. */
const open = new Set();
let socket = null;
let machines = null;
/** The ends whose TIME-WAIT is counted: until when, and on whose clock. */
const waits = new Map();

speak(at("language"));
const rows = new Rows(at("rows"), { language: language() });
at("language").addEventListener("click", () => {
  rows.setLanguage(language());
  showSaves();
});
at("follow").checked = BESIDE.matches;

const pace = new Pace({ show, fold, skip: (counted) => rows.skip(counted), changed: showPace });
const feed = new LiveFeed(receive, () => trouble("inspect.gone"));
let quiet = 0;
/** What the address named when the page was loaded, until that is there, or the reader has moved. */
let wanted = location.hash.slice(1);
begin();

async function begin() {
  const { code, data } = await call("GET", "/inspect/about");
  if (code !== 200 || data === null) return trouble("trouble.unreachable");
  machines = { tcp: new Diagram(at("tcp"), "tcp", data.tcp), websocket: new Diagram(at("ws"), "ws", data.ws) };
  if (data.lab) await listExperiments();
}

async function listExperiments() {
  const { code, data } = await call("GET", "/lab/experiments");
  if (code !== 200 || data === null) return;
  const rows = new Map(data.experiments.filter(({ browser }) => browser !== null).map((row) => [row.id, row]));
  for (const row of rows.values()) {
    const option = document.createElement("option");
    option.value = row.id;
    putTexts(option, { en: `${row.id} ${row.does.en}`, zh: `${row.id} ${row.does.zh}` });
    at("experiment").append(option);
  }
  // Who comes from the lab finds the experiment chosen.
  const chosen = new URLSearchParams(location.search).get("experiment");
  if (chosen !== null && rows.has(chosen)) at("experiment").value = chosen;
  at("run").addEventListener("click", () => runExperiment(rows.get(at("experiment").value)));
  at("lab").hidden = false;
}

// ---- what the feed tells ----

function receive(object) {
  if (object.type === "lost") return count("lost", object.events);
  if (object.type === "full") {
    put(at("full"), "inspect.full", { n: object.packet });
    at("full").hidden = false;
    return;
  }
  if (object.type === "refused") return note("inspect.refused");
  if (object.type === "connection") open.add(object.stream);
  if (object.type === "close") open.delete(object.stream);
  pace.add(object);
  // The last packet is whole when nothing follows it.
  clearTimeout(quiet);
  quiet = setTimeout(() => pace.flush(), 30);
}

/** Shows what one packet brought. */
function show(group) {
  at("nothing").hidden = true;
  for (const object of group) {
    if (object.type === "connection") newConnection(object.stream);
    if (object.stream === stream) follow(object);
    rows.add(object);
  }
  goToWanted();
  if (at("follow").checked) {
    rows.show();
    (BESIDE.matches ? at("seen") : document.scrollingElement).scrollTop = Number.MAX_SAFE_INTEGER;
  }
}

function fold(group) {
  rows.fold(group);
  for (const object of group) if (object.stream === stream) follow(object);
  goToWanted();
}

function newConnection(number) {
  if (number === stream) return;
  stream = number;
  waits.clear();
  at("waiting").hidden = true;
  at("round-trip").hidden = true;
  machines?.tcp.reset();
  machines?.websocket.reset();
  machines?.tcp.show("client", "CLOSED");
  machines?.tcp.show("server", "LISTEN", "?");
  showSaves();
}

/** The diagrams, the clock of TIME-WAIT and the round trips follow what is shown, not what has come. */
function follow(object) {
  if (object.type === "transition") {
    machines?.[object.layer].mark(object.from, object.to);
    machines?.[object.layer].show(object.side, object.to, MARKS[object.evidence]);
    if (object.to === "TIME-WAIT") wait(object.side);
  } else if (object.type === "packet" && object.ws !== null) {
    for (const side of ["client", "server"]) {
      if (machines?.websocket.states[side] === null) machines.websocket.show(side, object.ws[side], "?");
    }
  } else if (object.type === "bytes" && object.round_trip !== undefined) {
    put(at("round-trip"), "inspect.round-trip", { time: object.round_trip });
    at("round-trip").hidden = false;
  }
}

function wait(side) {
  const until = performance.now() + TIME_WAIT_MS;
  const of = stream;
  waits.set(side, until);
  const tick = setInterval(() => {
    if (of !== stream || waits.get(side) !== until) return clearInterval(tick);
    const left = Math.ceil((until - performance.now()) / 1000);
    if (left > 0) return showWait(side, left);
    clearInterval(tick);
    at("waiting").hidden = true;
    machines?.tcp.mark("TIME-WAIT", "CLOSED");
    machines?.tcp.show(side, "CLOSED", "?");
  }, 250);
  showWait(side, TIME_WAIT_MS / 1000);
}

function showWait(side, left) {
  put(at("waiting"), side === "client" ? "inspect.wait-client" : "inspect.wait-server", { n: left });
  at("waiting").hidden = false;
}

function showPace() {
  const { folded } = rows;
  if (folded.packets > 0) put(at("counted"), folded.gone > 0 ? "inspect.folded-gone" : "inspect.folded", folded);
  at("folded").hidden = folded.packets === 0;
  if (pace.waiting > 0) put(at("held"), "inspect.held", { n: pace.waiting });
  else putText(at("held"), "");
}

function count(id, more) {
  const all = Number(at(id).dataset.count ?? 0) + more;
  at(id).dataset.count = all;
  put(at(id), "inspect.lost", { n: all });
  at(id).hidden = false;
}

// ---- the page's own WebSocket ----

at("connect").addEventListener("click", async () => {
  if (socket !== null) return note("inspect.already");
  const path = at("endpoint").value;
  const query = { inspect: feed.key };
  if (path === "/message") {
    const { code, data } = await call("GET", "/user/info");
    if (code !== 200) return note("inspect.sign-in");
    Object.assign(query, { sessionId: data.uuid, userId: data.userId });
  }
  if (!await isWatched()) return;
  at("trouble").hidden = true;
  socket = new OwnSocket(path, query, { report, changed: showSocket });
});

async function isWatched() {
  try {
    await feed.ready;
    return true;
  } catch {
    trouble("inspect.gone");
    return false;
  }
}

async function runExperiment(row) {
  if (!await isWatched()) return;
  at("run").setAttribute("aria-disabled", "true");
  await runWatched(row, feed.key, report);
  at("run").removeAttribute("aria-disabled");
}

/** What the browser itself says: all that a page usually gets to know. */
function report(text) {
  const item = document.createElement("div");
  putText(item, text);
  at("reported").append(item);
  while (at("reported").children.length > 20) at("reported").firstElementChild.remove();
  at("reported").scrollTop = at("reported").scrollHeight;
}

function showSocket(state) {
  at("state").dataset.state = state;
  put(at("state"), { connecting: "inspect.connecting", online: "inspect.open", closing: "inspect.closing", none: "inspect.none" }[state]);
  if (state === "none") socket = null;
}

/** Does something with the WebSocket, if it is open. */
function withSocket(act) {
  if (socket?.isOpen) act(socket);
  else note("inspect.not-open");
}

at("say").addEventListener("submit", (event) => {
  event.preventDefault();
  withSocket((it) => it.send(at("text").value));
});
at("send-binary").addEventListener("click", () => withSocket((it) => it.send(Uint8Array.from({ length: 16 }, (_, i) => i * 17))));
at("send-large").addEventListener("click", () => withSocket((it) => it.send(new Uint8Array(LARGE).fill(97))));
at("send-many").addEventListener("click", () => withSocket(async (it) => {
  for (let sent = 0; sent < MANY && it.isOpen; sent += PORTION) {
    for (let next = sent; next < sent + PORTION; next += 1) it.send(`message ${next + 1}`);
    await new Promise((done) => { setTimeout(done, PORTION_MS); });
  }
}));
at("close").addEventListener("click", () => withSocket((it) => it.close(Number(at("code").value))));
/** @type {[id: string, command: () => { do: string, code?: number }][]} */
const COMMANDS = [
  ["ping", () => ({ do: "ping" })],
  ["fragments", () => ({ do: "fragments" })],
  ["server-close", () => ({ do: "close", code: Number(at("code").value) })],
  ["abort", () => ({ do: "abort" })],
];
for (const [id, command] of COMMANDS) {
  at(id).addEventListener("click", () => {
    if (open.size === 0) return note("inspect.not-open");
    at("trouble").hidden = true;
    feed.command(Math.max(...open), command());
  });
}

// ---- time, saving, addresses ----

at("pause").addEventListener("click", () => {
  pace.pause(!pace.paused);
  at("pause").setAttribute("aria-pressed", String(pace.paused));
});
at("step").addEventListener("click", () => {
  if (!pace.paused) at("pause").click();
  pace.step();
});
at("speed").addEventListener("change", () => pace.slow(Number(at("speed").value)));

// Who scrolls up reads: then nothing moves under them. And who moves at all has forgotten where the address pointed.
const reads = (isUp) => {
  wanted = "";
  if (isUp) at("follow").checked = false;
};
addEventListener("wheel", ({ deltaY }) => reads(deltaY < 0), { passive: true });
addEventListener("touchmove", () => reads(true), { passive: true });
addEventListener("keydown", ({ key, target }) => {
  const isInput = target instanceof Element && ["input", "select"].includes(target.localName);
  if (Object.hasOwn(MOVES, key) && !isInput) reads(MOVES[key]);
});
at("rows").addEventListener("click", () => reads(false));

addEventListener("hashchange", () => {
  at("follow").checked = false;
  wanted = location.hash.slice(1);
  goToWanted();
  wanted = "";
});

at("unfold").addEventListener("click", () => {
  at("follow").checked = false;
  rows.unfold()?.focus({ preventScroll: true });
});

/** Goes to what the address names, once, as soon as it is there. */
function goToWanted() {
  if (wanted === "") return;
  const found = rows.reveal(wanted);
  if (found === null) return;
  wanted = "";
  at("follow").checked = false;
  // Who writes goes on writing.
  if (document.activeElement?.localName !== "input") found.focus({ preventScroll: true });
}

function showSaves() {
  if (stream === null) return;
  at("saves").hidden = false;
  for (const [id, ending] of Object.entries(SAVES)) at(`save-${id}`).href = feed.saved(`wirewalk.${ending}`, language());
}

function trouble(word) {
  put(at("trouble"), word);
  at("trouble").hidden = false;
}

/** Something that can be put right at once. */
function note(word) {
  trouble(word);
}
