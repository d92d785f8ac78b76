// @ts-check
// The page of a report: makes rows of the lines that stand in it, and shows what its address names.

import { at } from "../common/page.js";
import { language, put, putText, speak, whenSwitched } from "../common/words.js";
import { Rows } from "../rows/rows.js";

speak(at("language"));
const rows = new Rows(at("rows"), { language: language() });
const connections = new Map();
let file = null;
let isOpen = false;

for (const line of at("data").textContent.split("\n")) {
  if (line === "") continue;
  const object = JSON.parse(line);
  if (object.type === "file") file = object;
  if (object.type === "connection") connections.set(object.stream, object);
  rows.add(object);
}
about();
rows.show();
// Not before the browser has looked for it: that would take the focus away.
if (document.readyState === "complete") reveal();
else addEventListener("load", reveal);

whenSwitched((to) => rows.setLanguage(to));
addEventListener("hashchange", reveal);
addEventListener("beforeprint", () => rows.fillAll());
at("open-all").addEventListener("click", () => {
  isOpen = !isOpen;
  rows.openAll(isOpen);
  put(at("open-all"), isOpen ? "report.close-all" : "report.open-all");
});

function about() {
  putText(at("name"), file.name);
  const { format, link, packets } = file;
  putText(at("format"), `${format} · ${link}`);
  put(at("packets"), "report.packets", { n: packets });
  const trouble = file.truncated ? "report.truncated" : "report.empty";
  at("trouble").hidden = !file.truncated && connections.size > 0;
  put(at("trouble"), trouble);
  at("connections").hidden = connections.size < 2;
  if (connections.size < 2) return;
  at("connections").querySelector("ul").append(...Array.from(connections.values(), ({ stream, client, server }) => {
    const item = document.createElement("li");
    const to = document.createElement("a");
    to.href = `#c${stream}`;
    to.textContent = `${stream} · ${client.address}:${client.port} ❱ ${server.address}:${server.port}`;
    item.append(to);
    return item;
  }));
}

function reveal() {
  if (location.hash.length > 1) rows.reveal(location.hash.slice(1))?.focus({ preventScroll: true });
}
