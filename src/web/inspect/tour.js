// @ts-check
// The guided tour: twelve steps on the reader's own connection. Each asks first; the rows are held until the reader has
// predicted, and then shown as far as the packet that answers. It can be left at any time, and taken up again.

import { at } from "../common/page.js";
import { put, putText, putTexts } from "../common/words.js";
import { TourFacts } from "./tour_facts.js";
import { TOUR_STEPS } from "./tour_steps.js";

const KEY = "wirewalk-tour";
/** What of a step is shown: the question, what to do, the answer; and behind the last step the end. */
const ASKED = "asked", PREDICTED = "predicted", ANSWERED = "answered", OVER = "over";

export class Tour {
  #facts = new TourFacts();
  #page;
  #isRunning = false;
  #isAdvancing = false;
  #at = 0;
  #right = 0;
  #state = ASKED;
  #prediction = "";

  /** @param {{ hold: (isHeld: boolean) => void, stepUntil: (isEnough: () => boolean) => boolean, isOpen: () => boolean }} page */
  constructor(page) {
    this.#page = page;
    const { step = 0, right = 0 } = remembered();
    [this.#at, this.#right] = [step, right];
    at("tour-open").addEventListener("click", () => (this.#isRunning ? at("tour-title").focus() : this.#open()));
    at("tour-leave").addEventListener("click", () => this.#leave());
    at("tour").addEventListener("keydown", ({ key }) => { if (key === "Escape") this.#leave(); });
    at("tour-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const chosen = /** @type {HTMLInputElement | null} */ (at("tour-choices").querySelector(":checked"));
      if (chosen === null) return put(at("tour-task"), "tour.choose");
      this.#predict(chosen.value);
    });
    at("tour-do").addEventListener("click", () => this.#control().click());
    at("tour-next").addEventListener("click", () => this.#next());
    this.#nameButton();
  }

  /** Takes an object of the feed that is shown. */
  note(object) {
    this.#facts.note(object);
  }

  /** Shows rows, as far as the answer to what was predicted. */
  advance() {
    if (!this.#isRunning || this.#state !== PREDICTED || this.#isAdvancing) return;
    this.#isAdvancing = true;
    const { fact } = this.#step;
    if (this.#page.stepUntil(() => this.#facts.get(fact) !== undefined)) this.#answer();
    else this.#showTask();
    this.#isAdvancing = false;
  }

  get #step() {
    return TOUR_STEPS[this.#at];
  }

  #open() {
    this.#isRunning = true;
    this.#state = ASKED;
    if (this.#at >= TOUR_STEPS.length) [this.#at, this.#right] = [0, 0];
    at("endpoint").value = "/echo";
    this.#page.hold(true);
    at("tour").hidden = false;
    this.#ask();
  }

  #leave() {
    this.#isRunning = false;
    this.#remember();
    this.#page.hold(false);
    at("tour").hidden = true;
    this.#nameButton();
    if (at("tour-open").checkVisibility()) at("tour-open").focus();
    else at("all-controls").focus();
  }

  #nameButton() {
    const isBegun = this.#at > 0 && this.#at < TOUR_STEPS.length;
    put(at("tour-open"), isBegun ? "tour.go-on" : "tour.open", { n: this.#at + 1, m: TOUR_STEPS.length });
  }

  #ask() {
    this.#state = ASKED;
    const { fact, title, question, choices } = this.#step;
    this.#facts.forget(fact);
    const [n, m] = [this.#at + 1, TOUR_STEPS.length];
    putTexts(at("tour-title"), { en: `${n} / ${m} · ${title.en}`, zh: `${n} / ${m} · ${title.zh}` });
    putTexts(at("tour-question"), question);
    at("tour-choices").replaceChildren(...choices.map((choice) => radio(choice)));
    putText(at("tour-task"), "");
    at("tour-result").replaceChildren();
    this.#show();
    at("tour-title").focus();
  }

  #predict(value) {
    this.#prediction = value;
    this.#state = PREDICTED;
    this.#show();
    this.advance();
    // What was pressed is gone; and the next thing to press may be there.
    (at("tour-next").hidden ? at("tour-do") : at("tour-next")).focus();
  }

  /** The reader has to do something: this step's deed, or first of all to connect. */
  #showTask() {
    const { task } = this.#step;
    const needsOpen = this.#control().id !== this.#step.do;
    if (needsOpen) put(at("tour-task"), "tour.connect-first");
    else putTexts(at("tour-task"), task);
    putText(at("tour-do"), this.#control().textContent);
    at("tour-do").hidden = false;
  }

  /** The control that the reader is to use next. */
  #control() {
    const { do: id } = this.#step;
    return at(id === "connect" || this.#page.isOpen() ? id : "connect");
  }

  #answer() {
    this.#state = ANSWERED;
    const { fact, choices, why } = this.#step;
    const { value = "", packet = 0 } = this.#facts.get(fact) ?? {};
    const isRight = value === this.#prediction;
    if (isRight) this.#right += 1;
    const verdict = document.createElement("p");
    verdict.className = isRight ? "right" : "wrong";
    const [sign, answer] = [document.createElement("b"), document.createElement("span")];
    put(sign, isRight ? "tour.right" : "tour.wrong");
    const choice = choices.find((one) => one.value === value);
    if (choice === undefined) put(answer, "tour.else", { value });
    else putTexts(answer, choice);
    const link = document.createElement("a");
    link.href = `#p${packet}`;
    put(link, "tour.see", { n: packet });
    verdict.append(sign, " ", answer, " ", link);
    const explanation = document.createElement("p");
    putTexts(explanation, why);
    putText(at("tour-task"), "");
    at("tour-result").replaceChildren(verdict, explanation);
    this.#at += 1;
    this.#remember();
    this.#show();
    at("tour-next").focus();
  }

  #next() {
    if (this.#state === OVER) return this.#leave();
    if (this.#at < TOUR_STEPS.length) return this.#ask();
    this.#state = OVER;
    this.#page.hold(false);
    put(at("tour-title"), "tour.over", { n: this.#right, m: TOUR_STEPS.length });
    put(at("tour-task"), "tour.after");
    at("tour-result").replaceChildren();
    this.#show();
    at("tour-title").focus();
  }

  #show() {
    const state = this.#state;
    at("tour").dataset.state = state;
    at("tour-form").hidden = state !== ASKED;
    if (state !== PREDICTED) at("tour-do").hidden = true;
    at("tour-next").hidden = state !== ANSWERED && state !== OVER;
    put(at("tour-next"), state === OVER ? "tour.close" : "tour.next");
    at("tour-score").hidden = state === OVER;
    put(at("tour-score"), "tour.score", { n: this.#right });
  }

  #remember() {
    try {
      localStorage.setItem(KEY, JSON.stringify({ step: this.#at, right: this.#right }));
    } catch {
      // A browser may forbid storage: then the tour lasts as long as the page.
    }
  }
}

/** @param {import("./tour_steps.js").Choice} choice */
function radio(choice) {
  const [label, input, text] = [document.createElement("label"), document.createElement("input"), document.createElement("span")];
  Object.assign(input, { type: "radio", name: "prediction", value: choice.value });
  putTexts(text, choice);
  label.append(input, text);
  return label;
}

/** @returns {{ step?: number, right?: number }} */
function remembered() {
  try {
    const { step, right } = JSON.parse(localStorage.getItem(KEY) ?? "{}");
    const isStep = Number.isInteger(step) && step >= 0 && step <= TOUR_STEPS.length;
    return isStep && Number.isInteger(right) ? { step, right } : {};
  } catch {
    return {};
  }
}
