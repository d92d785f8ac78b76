// @ts-check
// Runs many experiments, a few at a time; shows how far it has come, and a table of what each gave.

import { at } from "../common/page.js";
import { put, putText } from "../common/words.js";

/** So many run at a time: the server lets a network have few. */
const AT_A_TIME = 4;

/** @typedef {import("./trial.js").Trial} Trial */

export class RunAll {
  /** Those that wait. @type {Trial[]} */
  #waiting = [];
  #isRunning = false;
  #all = 0;
  #done = 0;
  #other = 0;

  /**
   * Runs them, those that take longest first.
   * @param {Trial[]} trials
   */
  async start(trials) {
    if (this.#isRunning || trials.length === 0) return;
    this.#isRunning = true;
    [this.#all, this.#done, this.#other] = [trials.length, 0, 0];
    at("results").hidden = false;
    at("results").querySelector("tbody").replaceChildren(...trials.map(line));
    this.#waiting = [...trials].sort((a, b) => b.seconds - a.seconds);
    at("run-all").setAttribute("aria-disabled", "true");
    at("progress").hidden = at("stop").hidden = false;
    this.#show("lab.progress");
    await Promise.all(Array.from({ length: AT_A_TIME }, () => this.#next()));
    this.#isRunning = false;
    at("run-all").removeAttribute("aria-disabled");
    at("stop").hidden = true;
    this.#show(this.#done < this.#all ? "lab.stopped" : "lab.finished-all");
  }

  /** Begins no more of them. Those that run go on to their end. */
  stop() {
    this.#waiting = [];
  }

  async #next() {
    for (let trial = this.#waiting.shift(); trial !== undefined; trial = this.#waiting.shift()) {
      if (!trial.isRunning) {
        const running = trial.run();
        fillLine(trial);
        await running;
      }
      this.#done += 1;
      if (trial.verdict === "other") this.#other += 1;
      fillLine(trial);
      this.#show("lab.progress");
    }
  }

  #show(word) {
    at("progress").max = this.#all;
    at("progress").value = this.#done;
    put(at("ran"), word, { n: this.#done, m: this.#all, other: this.#other });
  }
}

const WORDS = { "": "lab.waiting", "running": "lab.running", "kept": "lab.kept", "other": "lab.other" };

function cell(tag = "td") {
  return document.createElement(tag);
}

/** The line of one that has not begun. @param {Trial} trial */
function line({ id }) {
  const row = cell("tr");
  row.id = `result-${id}`;
  const head = cell("th");
  const link = document.createElement("a");
  link.href = `#${id}`;
  putText(link, id);
  head.setAttribute("scope", "row");
  head.append(link);
  const verdict = cell();
  const state = document.createElement("span");
  state.className = "verdict";
  put(state, "lab.waiting");
  verdict.append(state);
  row.append(head, cell(), verdict, cell(), cell());
  return row;
}

/** @param {Trial} trial */
function fillLine(trial) {
  const { verdict, report, took, id } = trial;
  const [, reported, state, time, more] = at(`result-${id}`).children;
  putText(reported, verdict === "running" ? "" : report);
  state.firstElementChild.dataset.verdict = verdict;
  put(state.firstElementChild, WORDS[verdict]);
  putText(time, verdict === "running" ? "" : `${(took / 1000).toFixed(1)} s`);
  more.replaceChildren(...trial.links().flatMap((link) => [link, " "]));
}
