// @ts-check
// The first page: opens a WebSocket of its own, and shows the packets that it began with, as the server understood them.
// Where that cannot be done, the page goes without.

import { endpoint } from "../common/endpoint.js";
import { at } from "../common/page.js";
import { language, speak, whenSwitched } from "../common/words.js";
import { LiveFeed } from "../inspect/feed.js";
import { Rows } from "../rows/rows.js";

/** The packets of TCP's handshake. */
const SHOWN = 3;

speak(at("language"));
const rows = new Rows(at("rows"), { language: language() });
whenSwitched((to) => rows.setLanguage(to));

/** @type {WebSocket | null} */
let socket = null;
const feed = new LiveFeed({ receive, lost: () => feed.end(), back: () => {} });
feed.ready.then(() => {
  socket = new WebSocket(endpoint("/echo", { inspect: feed.key }));
});

/** @param {Feed.Thing | Feed.News} object */
function receive(object) {
  if (!isShown(object)) return;
  rows.add(object);
  if (object.type === "bytes" && object.number === SHOWN) {
    at("strip").hidden = false;
    socket?.close();
    feed.end();
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
