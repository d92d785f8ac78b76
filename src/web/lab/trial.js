// @ts-check
// One experiment of the list: a line with its state, and what is to be seen of its last run.
// Whatever comes from outside is written with textContent only.

import { address } from "../common/address.js";
import { language, put, putText, putTexts } from "../common/words.js";
import { Rows } from "../rows/rows.js";
import { copy } from "./copy.js";
import { showHappened, showReported } from "./outcome.js";
import { watchedRun } from "./watched_run.js";

const SEVERITIES = { error: ["⚠", "lab.error"], warning: ["⚠", "lab.warning"], info: ["ℹ", "lab.info"] };

export class Trial {
  item = copy("trial");
  /** How it ended last: `kept`, `other`, or nothing yet. */
  verdict = "";
  /** What the browser reported last. */
  report = "";
  /** How long the last run took, in milliseconds. */
  took = 0;
  #experiment;
  #part;
  /** @type {Rows | null} */
  #rows = null;
  /** What the feed told of the last run; rows are made of it when they are looked at. @type {Feed.Thing[]} */
  #objects = [];
  /** The address of its capture: of the committed one, or of its last run's. */
  #capture = "";

  constructor(experiment) {
    this.#experiment = experiment;
    const { id, does, shows, why, rfc, severity, seconds } = experiment;
    const part = (name) => this.item.querySelector(name);
    this.#part = part;
    this.item.id = id;
    putText(part(".id"), id);
    putTexts(part(".does"), does);
    putTexts(part(".shows"), shows);
    if (why !== null) putTexts(part(".why"), why);
    putText(part(".rfc"), rfc ?? "");
    const [sign, word] = SEVERITIES[severity ?? "info"];
    const name = document.createElement("span");
    name.className = "unseen";
    put(name, word);
    putText(part(".sign"), sign);
    part(".sign").append(name);
    this.item.dataset.severity = severity ?? "info";
    part(".body").id = `about-${id}`;
    part(".open").setAttribute("aria-controls", `about-${id}`);
    part(".open").addEventListener("click", () => this.open(part(".body").hidden));
    if (this.canRun) {
      putText(part(".expected"), this.#expectations().join(" | "));
      part(".seconds").hidden = seconds === null;
      part(".seconds input").id = `seconds-${id}`;
      part(".seconds input").value = seconds ?? 1;
      part(".start").id = `run-${id}`;
      part(".start").setAttribute("aria-describedby", id);
      part(".start").addEventListener("click", () => {
        if (this.isRunning || !part(".seconds input").reportValidity()) return;
        this.open(true);
        this.run();
      });
    } else {
      part(".act").remove();
      part(".program").hidden = false;
      putText(part(".program code"), `cargo run --example provoke -- ${id} ${location.host}`);
    }
    if (experiment.capture) this.#capture = address(experiment.capture);
    part(".leads").append(...this.links());
  }

  get id() {
    return this.#experiment.id;
  }

  /** Whether a browser can run it. */
  get canRun() {
    return this.#experiment.browser !== null;
  }

  get isRunning() {
    return this.verdict === "running";
  }

  /** How long it idles, for those to be begun first that take longest. */
  get seconds() {
    return this.#experiment.seconds ?? 0;
  }

  /** Whether all these words stand in what is said of it, in either language. */
  has(words) {
    const { id, does, shows, why, rfc } = this.#experiment;
    const text = [id, does.en, does.zh, shows.en, shows.zh, why?.en, why?.zh, rfc].join("\n").toLowerCase();
    return words.every((word) => text.includes(word));
  }

  /** Opens or closes what is below its line. */
  open(isOpen) {
    this.#part(".body").hidden = !isOpen;
    this.#part(".open").setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.#showRows();
  }

  /** Where more is to be seen of it: the ladder, and its capture once there is one. */
  links() {
    const links = [];
    if (this.canRun) links.push(linkTo(address(`/inspect?experiment=${this.id}`), "lab.ladder"));
    if (this.#capture !== "") {
      const link = linkTo(this.#capture, "lab.capture");
      link.download = `${this.id}.pcapng`;
      links.push(link);
    }
    return links;
  }

  /** Runs it, and shows both sides as they come. Resolves when it has ended. */
  async run() {
    const part = this.#part;
    const { seconds } = this.#experiment;
    this.#is("running", "lab.running");
    part(".start").setAttribute("aria-disabled", "true");
    part(".outcome").hidden = false;
    const show = ({ connections, account }) => {
      showReported(part(".reported ol"), connections);
      showHappened(part(".happened ol"), part(".first"), account);
    };
    show({ connections: [], account: null });
    const begin = performance.now();
    const chosen = seconds === null ? null : part(".seconds input").value;
    const { connections, objects, capture } = await watchedRun({ ...this.#experiment, seconds: chosen }, show);
    this.took = performance.now() - begin;
    this.report = connections.map(reportOf).join(" | ");
    this.#keep(objects, capture);
    const isExpected = connections.every((connection) => this.#expectations().includes(reportOf(connection)));
    this.#is(isExpected ? "kept" : "other", isExpected ? "lab.kept" : "lab.other");
    part(".start").removeAttribute("aria-disabled");
  }

  /** Shows a row of the last run by its address: `p7`, `f0`. */
  reveal(address) {
    this.open(true);
    this.#rows?.reveal(address)?.focus({ preventScroll: true });
  }

  setLanguage(to) {
    this.#rows?.setLanguage(to);
  }

  #keep(objects, capture) {
    this.#objects = objects;
    this.#rows = null;
    this.#part(".rows-of-run").replaceChildren();
    if (!this.#part(".body").hidden) this.#showRows();
    if (capture === null) return;
    if (this.#capture.startsWith("blob:")) URL.revokeObjectURL(this.#capture);
    this.#capture = URL.createObjectURL(capture);
    this.#part(".leads").replaceChildren(...this.links());
  }

  #showRows() {
    if (this.#rows !== null || this.#objects.length === 0) return;
    const box = document.createElement("div");
    this.#part(".rows-of-run").append(box);
    this.#rows = new Rows(box, { language: language(), prefix: `${this.id}-` });
    for (const object of this.#objects) this.#rows.add(object);
    this.#rows.show();
  }

  #is(verdict, word) {
    this.verdict = verdict;
    this.#part(".verdict").dataset.verdict = verdict;
    put(this.#part(".verdict"), word);
  }

  /** Where it depends on which of two packets the browser reads first, there are two. */
  #expectations() {
    const { browser, otherwise } = this.#experiment;
    return [browser, otherwise].filter((reported) => reported !== null).map(reportOf);
  }
}

function linkTo(place, word) {
  const link = document.createElement("a");
  link.setAttribute("href", place);
  put(link, word);
  return link;
}

function reportOf({ opened, messages, code, wasClean }) {
  return [opened ? "open" : "", messages > 0 ? `message ×${messages}` : "", `close ${code} wasClean=${wasClean}`]
    .filter((text) => text !== "").join(" · ");
}
