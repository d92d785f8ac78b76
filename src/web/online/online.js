// @ts-check
// The page of a signed-in user: shows what the link says, and passes on what the user wants.
// Whatever comes from outside is written with textContent only.

import { address } from "../common/address.js";
import { call } from "../common/api.js";
import { People } from "./people.js";
import { PresenceLink } from "./presence_link.js";
import { escapeControls } from "../common/escape.js";
import { at } from "../common/page.js";
import { language, put, putText, speak } from "../common/words.js";

const SIGN_IN = address("/login.html");
const MOST_MESSAGES = 50;
const MOST_CHARACTERS = 2_000;
const MOST_NAME_CHARACTERS = 64;

const STATES = {
  "connecting": "state.connecting",
  "online": "state.online",
  "reconnecting": "state.reconnecting",
  "elsewhere": "state.elsewhere",
  "ended": "state.ended",
  "replaced": "state.replaced",
  "signed-out": "state.signed-out",
};
const REASONS = {
  offline: "state.offline",
  slow: "state.slow",
  many: "state.many",
  stopping: "state.stopping",
  expired: "state.expired",
  administrator: "state.administrator",
  password: "state.password",
  limit: "state.limit",
};
const ACTIONS = {
  "reconnecting": ["action.retry", () => link.wake()],
  "replaced": ["action.here", () => link.start()],
  "elsewhere": ["action.sign-in", () => location.assign(SIGN_IN)],
  "ended": ["action.sign-in", () => location.assign(SIGN_IN)],
  "signed-out": ["action.sign-in", () => location.assign(SIGN_IN)],
};
const KINDS = { push: "kind.push", kicked: "kind.kicked", error: "kind.error" };

const [state, detail, action, answer, messages] = ["state", "detail", "action", "answer", "messages"].map(at);
const link = new PresenceLink();
const people = new People();
let connection = { state: "connecting" };
let why = null;
let ticking = 0;

speak(at("language"));
link.listen("state", showState);
link.listen("user", showUser);
link.listen("count", showCount);
link.listen("wire", showArrival);
link.listen("answer", showAnswer);
link.listen("message", addMessage);

at("ask").addEventListener("click", () => put(answer, link.ask() ? "answer.asking" : "answer.not-connected"));
at("sign-out").addEventListener("click", signOut);
action.addEventListener("click", () => ACTIONS[connection.state]?.[1]());

addEventListener("online", () => link.wake());
addEventListener("pagehide", () => link.pause());
addEventListener("pageshow", (event) => {
  if (event.persisted) link.resume();
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") link.wake();
});

link.start();

function showState(now) {
  connection = now;
  if (now.reason === "unknown") return location.replace(SIGN_IN);
  why = now.state === "reconnecting" ? now.reason ?? why : null;
  state.dataset.state = now.state;
  put(state, word(now));
  const live = now.state === "online";
  at("ask").setAttribute("aria-disabled", String(!live));
  at("panel").classList.toggle("old", !live);
  people.show(live);
  if (!live && at("count-label").dataset.word === "count.live") put(at("count-label"), "count.old");
  // The first answer decides between this page and the sign-in page; until then show neither.
  if (now.state !== "connecting") at("main").hidden = false;
  const [name] = ACTIONS[now.state] ?? [null];
  action.hidden = name === null;
  if (name !== null) put(action, name);
  clearInterval(ticking);
  showDetail();
  if (now.until !== null) ticking = setInterval(showDetail, 250);
}

function word(now) {
  return REASONS[why ?? now.reason] ?? STATES[now.state];
}

// The seconds stand beside the state, not in it: a live region that counted down would never stop talking.
function showDetail() {
  if (connection.state === "reconnecting") {
    const left = connection.until === null ? 0 : Math.ceil((connection.until - Date.now()) / 1000);
    if (left > 0) put(detail, "retry.wait", { n: left });
    else put(detail, "retry.now");
  } else {
    putText(detail, short(connection.text ?? "", MOST_CHARACTERS));
  }
}

function showUser({ userName }) {
  putText(at("name"), short(String(userName), MOST_NAME_CHARACTERS));
  at("account-name").value = String(userName);
  at("greeting").hidden = false;
  at("main").hidden = false;
}

function showCount(online) {
  putText(at("online-count"), new Intl.NumberFormat(language(), { useGrouping: "min2" }).format(online));
  put(at("count-label"), "count.live");
  people.refresh();
}

/** How the number came: the message as it was received. */
function showArrival(text) {
  const now = new Date();
  at("arrived").dateTime = now.toISOString();
  at("arrived").textContent = now.toLocaleTimeString(language());
  putText(at("payload"), `TEXT ${escapeControls(short(text, MOST_CHARACTERS))}`);
  putText(at("size"), `${new TextEncoder().encode(text).length} B`);
  at("arrival").hidden = false;
}

function showAnswer(heard) {
  if (heard === null) put(answer, "answer.lost");
  else if (heard.online !== null) put(answer, "answer.text", { n: heard.online });
  else putText(answer, short(heard.text, MOST_CHARACTERS));
}

function addMessage({ kind, text }) {
  const item = document.createElement("li");
  const head = document.createElement("p");
  const time = document.createElement("time");
  const label = document.createElement("span");
  const body = document.createElement("p");
  const now = new Date();
  time.dateTime = now.toISOString();
  time.textContent = now.toLocaleTimeString(language());
  put(label, KINDS[kind] ?? "kind.other");
  body.textContent = short(text, MOST_CHARACTERS);
  body.dir = "auto";
  item.dataset.kind = Object.hasOwn(KINDS, kind ?? "") ? kind : "other";
  head.append(label, " ", time);
  item.append(head, body);
  messages.prepend(item);
  while (messages.children.length > MOST_MESSAGES) messages.lastElementChild.remove();
  at("no-messages").hidden = true;
}

async function signOut() {
  at("trouble").hidden = true;
  link.leave();
  const { code, message } = await call("POST", "/logout");
  if (code === 200 || code === 401) return location.assign(SIGN_IN);
  // Still signed in, so do not look as if not.
  if (code === 0) put(at("trouble"), "trouble.unreachable");
  else if (message === "") put(at("trouble"), "trouble.code", { n: code });
  else putText(at("trouble"), message);
  at("trouble").hidden = false;
  link.start();
}

function short(text, most) {
  if (text.length <= most) return text;
  return `${[...text.slice(0, most)].slice(0, -1).join("")}…`;
}
