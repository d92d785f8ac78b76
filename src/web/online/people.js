// @ts-check
// Who is online: the user's own devices, and all users where the server shows them. Asked for over HTTP when the number
// has changed and now and then, for a device of one's own changes no number.

import { call } from "../common/api.js";
import { at } from "../common/page.js";
import { language, put, putText, whenSwitched } from "../common/words.js";

/** How long after a change it is asked for, at random: a change reaches all pages in the same moment. */
const SPREAD_MS = 1_000;
/** Shortest time from one question to the next. */
const PAUSE_MS = 3_000;
const INTERVAL_MS = 30_000;

/** @typedef {{ current: boolean, since: number, browser: string | null, system: string | null }} Device */

export class People {
  #isLive = false;
  #timer = 0;
  #askedAt = -Infinity;

  constructor() {
    setInterval(() => {
      if (document.visibilityState === "visible") this.refresh();
    }, INTERVAL_MS);
    whenSwitched(() => {
      if (this.#isLive) this.#ask();
    });
  }

  /** Shows who is online from now on, or nobody, as the page is not connected. */
  show(isLive) {
    const begins = isLive && !this.#isLive;
    this.#isLive = isLive;
    if (!isLive) at("people").hidden = true;
    if (begins) this.#ask();
  }

  /** Something has changed, or may have. */
  refresh() {
    if (!this.#isLive || this.#timer !== 0) return;
    const pause = Math.max(0, this.#askedAt + PAUSE_MS - performance.now());
    this.#timer = setTimeout(() => this.#ask(), Math.max(pause, Math.random() * SPREAD_MS));
  }

  async #ask() {
    clearTimeout(this.#timer);
    this.#timer = 0;
    this.#askedAt = performance.now();
    const { code, data } = await call("GET", "/user/online");
    if (code !== 200 || !this.#isLive) return;
    at("devices").replaceChildren(...data.devices.map(deviceOf));
    at("who").hidden = data.users === null;
    at("users").replaceChildren(...(data.users ?? []).map(userOf));
    at("more").hidden = !data.more;
    put(at("more"), "people.more", { n: data.more });
    at("people").hidden = false;
  }
}

/** @param {Device} device */
function deviceOf({ current, since, browser, system }) {
  const [item, what, when] = ["li", "span", "span"].map((name) => document.createElement(name));
  if (browser !== null && system !== null) put(what, "device.both", { browser, system });
  else if ((browser ?? system) !== null) putText(what, browser ?? system);
  else put(what, "device.unknown");
  when.className = "soft";
  put(when, "device.since", { time: timeOf(since) });
  item.append(what, " ", when);
  if (current) {
    const here = document.createElement("strong");
    put(here, "device.here");
    item.append(" ", here);
  }
  return item;
}

function userOf({ userName, devices }) {
  const [item, name] = ["li", "bdi"].map((tag) => document.createElement(tag));
  putText(name, userName);
  item.append(name);
  if (devices > 1) {
    const many = document.createElement("span");
    many.className = "soft";
    put(many, "people.devices", { n: devices });
    item.append(" ", many);
  }
  return item;
}

/** The time of day, and the day if it is another one. */
function timeOf(since) {
  const [time, now] = [new Date(since), new Date()];
  const isToday = time.toDateString() === now.toDateString();
  return time.toLocaleString(language(), isToday ? { timeStyle: "short" } : { dateStyle: "short", timeStyle: "short" });
}
