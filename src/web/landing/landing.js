// @ts-check
// The first page: opens a WebSocket of its own, and shows the packets that it began with, as the server understood them.
// Where that cannot be done, the page goes without.

import { endpoint, newKey } from "../common/endpoint.js";
import { at } from "../common/page.js";
import { language, speak, whenSwitched } from "../common/words.js";
import { Rows } from "../rows/rows.js";

/** The packets of TCP's handshake. */
const SHOWN = 3;

speak(at("language"));
const rows = new Rows(at("rows"), { language: language() });
whenSwitched((to) => rows.setLanguage(to));

const key = newKey();
/** @type {WebSocket | null} */
let socket = null;
const feed = new WebSocket(endpoint("/inspect/live", { key }));
feed.addEventListener("open", () => {
  socket = new WebSocket(endpoint("/echo", { inspect: key }));
});
feed.addEventListener("message", ({ data }) => JSON.parse(data).forEach(receive));

/** @param {Feed.Thing | Feed.News} object */
function receive(object) {
  if (!isShown(object)) return;
  rows.add(object);
  if (object.type === "bytes" && object.number === SHOWN) {
    at("strip").hidden = false;
    socket?.close();
    feed.close();
  }
}

/**
 * @param {Feed.Thing | Feed.News} object
 * @returns {object is Feed.Thing}
 */
function isShown(object) {
  switch (object.type) {
    case "connection": return true;
    case "packet": case "bytes": return object.number <= SHOWN;
    case "transition": return object.packet !== null && object.packet <= SHOWN;
    default: return false;
  }
}
