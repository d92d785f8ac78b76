// @ts-check
// Both sides of a run: the events that the browser reports, and what the server did and saw.

import { put, putText } from "../common/words.js";

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

export function showReported(list, connections) {
  const several = connections.length > 1;
  const events = connections.flatMap(({ events }, number) => events.map((event) => ({ ...event, number })));
  list.replaceChildren(...events.sort((a, b) => a.at - b.at).map(({ at: time, text, number }) => {
    const [line, what] = row(time, "");
    putText(what, several ? `#${number + 1} ${text}` : text);
    return line;
  }));
}

export function showHappened(list, first, account) {
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
