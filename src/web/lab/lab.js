// @ts-check
// The page of the lab: lists the experiments as the server knows them, runs each, and shows both sides of it.
// Whatever comes from outside is written with textContent only.

import { call } from "../common/api.js";
import { run } from "../common/experiment_run.js";
import { at } from "../common/page.js";
import { put, putText, putTexts, speak } from "../common/words.js";

const FAMILIES = {
  T: "lab.family-t",
  H: "lab.family-h",
  F: "lab.family-f",
  Z: "lab.family-z",
  C: "lab.family-c",
  L: "lab.family-l",
};
const DONE = {
  "sent": "lab.sent",
  "not-sent": "lab.not-sent",
  "read": "lab.read",
  "paused": "lab.paused",
  "finished": "lab.finished",
  "reset": "lab.reset",
  "peer-finished": "lab.peer-finished",
  "peer-reset": "lab.peer-reset",
  "time-up": "lab.time-up",
  "stopping": "lab.stopping",
};

speak(at("language"));
list();

async function list() {
  const { code, data } = await call("GET", "/lab/experiments");
  if (code !== 200 || data === null) {
    put(at("trouble"), "trouble.unreachable");
    at("trouble").hidden = false;
    return;
  }
  for (const [letter, word] of Object.entries(FAMILIES)) {
    const experiments = data.experiments.filter(({ id }) => id.startsWith(letter));
    const section = copy("family");
    section.id = letter;
    put(section.querySelector("h2"), word);
    section.querySelector("ul").append(...experiments.map(trial));
    at("experiments").append(section);
    const link = document.createElement("a");
    link.href = `#${letter}`;
    put(link, word);
    at("families").append(link);
  }
  at("reasons").append(...data.elsewhere.map(reason));
  at("elsewhere").hidden = false;
  // The browser looked for the anchor before there was one.
  if (location.hash.length > 1) at(location.hash.slice(1))?.scrollIntoView();
}

function copy(template) {
  const element = at(template).content.firstElementChild.cloneNode(true);
  for (const word of element.querySelectorAll("[data-word]")) put(word, word.dataset.word);
  return element;
}

function reason({ id, why }) {
  const item = copy("reason");
  putText(item.querySelector(".id"), id);
  putTexts(item.querySelector(".why"), why);
  return item;
}

function trial(experiment) {
  const { id, does, shows, browser, seconds } = experiment;
  const expected = expectations(experiment);
  const item = copy("trial");
  const part = (name) => item.querySelector(name);
  item.id = id;
  putText(part(".id"), id);
  part(".id").href = `#${id}`;
  putTexts(part(".does"), does);
  putTexts(part(".shows"), shows);
  const button = part("button");
  if (browser === null) {
    part(".promise").hidden = true;
    part(".program").hidden = false;
    part(".line").hidden = true;
    putText(part(".program code"), `cargo run --example provoke -- ${id} ${location.host}`);
    return item;
  }
  putText(part(".expected"), expected.join(" | "));
  const input = part(".seconds input");
  part(".seconds").hidden = seconds === null;
  input.id = `seconds-${id}`;
  input.value = seconds ?? 1;
  button.id = `run-${id}`;
  button.setAttribute("aria-describedby", item.id);
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") !== "true" && input.reportValidity()) start(experiment, item, button);
  });
  return item;
}

async function start(experiment, item, button) {
  const part = (name) => item.querySelector(name);
  const verdict = part(".verdict");
  button.setAttribute("aria-disabled", "true");
  part(".outcome").hidden = false;
  verdict.dataset.verdict = "running";
  put(verdict, "lab.running");
  const show = (seen) => {
    showReported(part(".reported ol"), seen.connections);
    showHappened(part(".happened ol"), part(".first"), seen.account);
  };
  show({ connections: [], account: null });
  const seconds = experiment.seconds === null ? null : part(".seconds input").value;
  const seen = await run({ ...experiment, seconds }, show);
  const isExpected = seen.connections.every((connection) => expectations(experiment).includes(reportOf(connection)));
  verdict.dataset.verdict = isExpected ? "kept" : "other";
  put(verdict, isExpected ? "lab.kept" : "lab.other");
  button.removeAttribute("aria-disabled");
}

// Where it depends on which of two packets the browser reads first, there are two.
function expectations({ browser, otherwise }) {
  return [browser, otherwise].filter((reported) => reported !== null).map(reportOf);
}

function reportOf({ opened, messages, code, wasClean }) {
  return [opened ? "open" : "", messages > 0 ? `message ×${messages}` : "", `close ${code} wasClean=${wasClean}`]
    .filter((text) => text !== "").join(" · ");
}

function showReported(list, connections) {
  const several = connections.length > 1;
  const events = connections.flatMap(({ events }, number) => events.map((event) => ({ ...event, number })));
  list.replaceChildren(...events.sort((a, b) => a.at - b.at).map(({ at: time, text, number }) => {
    const [line, what] = row(time, "");
    putText(what, several ? `#${number + 1} ${text}` : text);
    return line;
  }));
}

function showHappened(list, first, account) {
  const connections = account?.connections ?? [];
  list.replaceChildren(...connections.flatMap(({ entries }, number) => entries.map((entry) => {
    const [line, what] = row(entry.at, entry.bytes);
    const prefix = connections.length > 1 ? `#${number + 1} ` : "";
    const label = document.createElement("span");
    put(label, DONE[entry.what]);
    what.append(prefix, label, entry.note === "" ? "" : ` ${entry.note}`);
    return line;
  })));
  const end = connections[0]?.first ?? null;
  if (end === null) putText(first, "");
  else put(first, end.side === "server" ? "lab.first-server" : "lab.first-client", { how: end.how });
}

function row(time, text) {
  const line = document.createElement("li");
  const when = document.createElement("time");
  const what = document.createElement("span");
  const bytes = document.createElement("span");
  when.textContent = `+${time} ms`;
  what.className = "what";
  bytes.className = "bytes";
  bytes.textContent = text;
  line.append(when, what, bytes);
  return [line, what];
}
