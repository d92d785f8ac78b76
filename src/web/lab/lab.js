// @ts-check
// The page of the lab: lists the experiments as the server knows them, finds them by words and family, runs one or all.

import { call } from "../common/api.js";
import { at } from "../common/page.js";
import { language, put, putText, putTexts, speak, whenSwitched } from "../common/words.js";
import { copy } from "./copy.js";
import { RunAll } from "./run_all.js";
import { Trial } from "./trial.js";

const FAMILIES = {
  "": "lab.family-all",
  "T": "lab.family-t",
  "H": "lab.family-h",
  "F": "lab.family-f",
  "Z": "lab.family-z",
  "C": "lab.family-c",
  "L": "lab.family-l",
};

/** @type {Trial[]} */
let trials = [];
let family = "";

speak(at("language"));
whenSwitched(() => trials.forEach((trial) => trial.setLanguage(language())));
list();

async function list() {
  const { code, data } = await call("GET", "/lab/experiments");
  if (code !== 200 || data === null) {
    put(at("trouble"), "trouble.unreachable");
    at("trouble").hidden = false;
    return;
  }
  trials = data.experiments.map((experiment) => new Trial(experiment));
  at("experiments").append(...trials.map(({ item }) => item));
  at("families").append(...Object.entries(FAMILIES).map(([letter, word]) => tab(letter, word)));
  at("reasons").append(...data.elsewhere.map(reason));
  at("elsewhere").hidden = false;
  const all = new RunAll();
  at("run-all").addEventListener("click", () => all.start(trials.filter(({ item, canRun }) => canRun && !item.hidden)));
  at("stop").addEventListener("click", () => all.stop());
  at("search").addEventListener("input", filter);
  addEventListener("hashchange", goTo);
  filter();
  goTo();
}

/** @param {string} letter @param {string} word */
function tab(letter, word) {
  const button = document.createElement("button");
  button.type = "button";
  button.id = `family-${letter === "" ? "all" : letter}`;
  button.setAttribute("aria-pressed", String(letter === family));
  put(button, word);
  button.addEventListener("click", () => choose(letter));
  return button;
}

function choose(letter) {
  family = letter;
  for (const button of at("families").children) button.setAttribute("aria-pressed", String(button.id === `family-${letter === "" ? "all" : letter}`));
  filter();
}

/** Shows the experiments of the family that have all words of the search. */
function filter() {
  const words = at("search").value.toLowerCase().split(/\s+/).filter((word) => word !== "");
  for (const trial of trials) trial.item.hidden = !trial.id.startsWith(family) || !trial.has(words);
  const shown = trials.filter(({ item }) => !item.hidden).length;
  put(at("found"), "lab.found", { n: shown, m: trials.length });
  at("none").hidden = shown > 0;
}

/** Goes to what the address names: a family, an experiment, or a row of its last run. The browser looked before it was there. */
function goTo() {
  const address = location.hash.slice(1);
  if (address !== "" && Object.hasOwn(FAMILIES, address)) return choose(address);
  const trial = trials.find(({ id }) => id === address);
  if (trial !== undefined) {
    trial.open(true);
    trial.item.scrollIntoView();
    return;
  }
  const of = trials.filter(({ id }) => address.startsWith(`${id}-`)).at(-1);
  of?.reveal(address.slice(of.id.length + 1));
}

function reason({ id, why }) {
  const item = copy("reason");
  putText(item.querySelector(".id"), id);
  putTexts(item.querySelector(".why"), why);
  return item;
}
