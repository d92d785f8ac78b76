// @ts-check
// The live page: shows what the feed tells of the page's own connections, as fast as the reader wants it, and saves it.
// Whatever comes from outside is written with textContent only.

import { call } from "../common/api.js";
import { at } from "../common/page.js";
import { language, put, speak } from "../common/words.js";
import { Rows } from "../rows/rows.js";
import { Availability } from "./availability.js";
import { Controls } from "./controls.js";
import { LiveFeed } from "./feed.js";
import { Machines } from "./machines.js";
import { makeMenus } from "./menu.js";
import { Pace } from "./pace.js";
import { Reader } from "./reader.js";
import { StatusLine } from "./status_line.js";
import { Tour } from "./tour.js";

/** By which endings what was watched is saved. */
const SAVES = { pcapng: "pcapng", json: "json", html: "html", mermaid: "mmd" };

/** The stream that is talked about: the last one that began. @type {number | null} */
let stream = null;
/** The page has subscribed anew: what it shows goes when something new comes. */
let isStale = false;
/** @type {Machines | null} */
let machines = null;
let quiet = 0;

speak(at("language"));
makeMenus(at("all-controls"));
const status = new StatusLine(at("news"));
const available = new Availability((reason) => status.put(reason));
const rows = new Rows(at("rows"), { language: language() });
const reader = new Reader(rows);
const pace = new Pace({ show, fold, skip: (counted) => rows.skip(counted), changed: showPace });
const feed = new LiveFeed({ receive, lost, back });
const controls = new Controls(feed, available, { acts: () => reader.acts(), trouble });
const tour = new Tour({
  hold: (isHeld) => {
    if (pace.paused !== isHeld) pace.pause(isHeld);
    at("pause").setAttribute("aria-pressed", String(isHeld));
    available.set({ free: !isHeld });
    if (isHeld) at("follow").checked = true;
  },
  stepUntil: (isEnough) => pace.stepUntil(isEnough),
  isOpen: () => controls.isOpen,
});
at("language").addEventListener("click", () => {
  rows.setLanguage(language());
  showSaves();
});
begin();

async function begin() {
  const { code, data } = await call("GET", "/inspect/about");
  if (code !== 200 || data === null) return trouble("trouble.unreachable");
  machines = new Machines(data);
  if (data.lab) await controls.listExperiments();
}

// ---- what the feed tells ----

function receive(object) {
  if (object.type === "lost") return count("lost", object.events);
  if (object.type === "full") {
    put(at("full"), "inspect.full", { n: object.packet });
    at("full").hidden = false;
    return;
  }
  if (object.type === "refused") return trouble("inspect.refused");
  if (isStale) {
    isStale = false;
    clear();
  }
  if (object.type === "connection") controls.began(object.stream);
  if (object.type === "close") controls.ended(object.stream);
  pace.add(object);
  // The last packet is whole when nothing follows it.
  clearTimeout(quiet);
  quiet = setTimeout(() => pace.flush(), 30);
}

function lost() {
  available.set({ feed: false, rows: false });
  controls.forget();
  status.put("inspect.lost-feed");
}

function back() {
  isStale = true;
  stream = null;
  available.set({ feed: true });
  status.put("inspect.back");
}

/** Shows what one packet brought. */
function show(group) {
  at("nothing").hidden = true;
  for (const object of group) {
    if (object.type === "connection") newConnection(object.stream);
    follow(object);
    rows.add(object);
  }
  reader.shown();
}

function fold(group) {
  rows.fold(group);
  group.forEach(follow);
  reader.goToWanted();
}

function follow(object) {
  tour.note(object);
  if (object.type === "announcement") status.say(object.text);
  if (object.stream === stream) machines?.follow(object);
}

function newConnection(number) {
  if (number === stream) return;
  stream = number;
  machines?.begin();
  available.set({ rows: true });
  showSaves();
}

function showPace() {
  const { folded } = rows;
  if (folded.packets > 0) put(at("counted"), folded.gone > 0 ? "inspect.folded-gone" : "inspect.folded", folded);
  at("folded").hidden = folded.packets === 0;
  if (pace.waiting > 0) put(at("held"), "inspect.held", { n: pace.waiting });
  else at("held").textContent = "";
  tour.advance();
}

function count(id, more) {
  const all = Number(at(id).dataset.count ?? 0) + more;
  at(id).dataset.count = all;
  put(at(id), "inspect.lost", { n: all });
  at(id).hidden = false;
}

/** Takes away what is shown. */
function clear() {
  rows.clear();
  pace.forget();
  at("nothing").hidden = false;
  for (const id of ["lost", "full"]) {
    at(id).hidden = true;
    at(id).dataset.count = 0;
  }
  if (!controls.isOpen) machines?.reset();
  showPace();
}

// ---- time, saving ----

at("clear").addEventListener("click", () => {
  clear();
  status.put("inspect.cleared");
});
at("pause").addEventListener("click", () => {
  pace.pause(!pace.paused);
  at("pause").setAttribute("aria-pressed", String(pace.paused));
});
at("step").addEventListener("click", () => {
  if (!pace.paused) at("pause").click();
  pace.step();
});
at("speed").addEventListener("change", () => pace.slow(Number(at("speed").value)));
at("unfold").addEventListener("click", () => {
  at("follow").checked = false;
  rows.unfold()?.focus({ preventScroll: true });
});

function showSaves() {
  if (stream === null) return;
  for (const [id, ending] of Object.entries(SAVES)) at(`save-${id}`).href = feed.saved(`wirewalk.${ending}`, language());
}

/** Says what is wrong; `null`: nothing any more. */
function trouble(word) {
  at("trouble").hidden = word === null;
  if (word !== null) put(at("trouble"), word);
}
