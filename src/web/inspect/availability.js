// @ts-check
// Which of the controls can do something now. One that cannot is disabled, and says why: beside the pointer, to a screen
// reader, and when it is pressed all the same.

import { whenSwitched } from "../common/words.js";

/**
 * What a control needs, by its id. The reason that it lacks it has the id `why-` and this name.
 * @type {Record<string, ("feed" | "open" | "watched" | "rows" | "idle" | "free")[]>}
 */
const NEEDS = {
  "connect": ["feed", "idle"], "run": ["feed", "idle"],
  "send-text": ["open"], "send-binary": ["open"], "send-large": ["open"], "send-many": ["open"], "close": ["open"], "own-close": ["open"],
  "ping": ["watched"], "fragments": ["watched"], "server-close": ["watched"], "abort": ["watched"],
  "clear": ["rows"], "save": ["rows"],
  "pause": ["free"], "step": ["free"], "speed": ["free"],
};
/** By which element a lack is explained. */
const REASONS = { feed: "why-feed", open: "why-open", watched: "why-open", rows: "why-rows", idle: "why-busy", free: "why-tour" };

export class Availability {
  /** What there is. */
  #has = { feed: true, open: false, watched: false, rows: false, idle: true, free: true };

  /** @param {(reason: string) => void} refuse called with the id of the word that says why, when one is pressed that cannot */
  constructor(refuse) {
    const stop = (event) => {
      const control = event.target instanceof Element ? event.target.closest("[aria-disabled='true']") : null;
      if (control === null || !Object.hasOwn(NEEDS, control.id)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const reason = document.getElementById(control.getAttribute("aria-describedby") ?? "");
      if (reason !== null) refuse(reason.dataset.word ?? "");
    };
    document.addEventListener("click", stop, { capture: true });
    // Enter in a field presses the button of its form.
    document.addEventListener("submit", (event) => {
      if (/** @type {any} */ (event).submitter?.getAttribute("aria-disabled") === "true") event.preventDefault();
    }, { capture: true });
    whenSwitched(() => this.#show());
    this.#show();
  }

  /** @param {Partial<Record<"feed" | "open" | "watched" | "rows" | "idle" | "free", boolean>>} changed */
  set(changed) {
    Object.assign(this.#has, changed);
    this.#show();
  }

  #show() {
    for (const [id, needs] of Object.entries(NEEDS)) {
      const control = /** @type {any} */ (document.getElementById(id));
      const lacks = needs.find((need) => !this.#has[need]);
      if (control.localName === "select") control.disabled = lacks !== undefined;
      if (lacks === undefined) {
        for (const name of ["aria-disabled", "aria-describedby", "title"]) control.removeAttribute(name);
      } else {
        control.setAttribute("aria-disabled", "true");
        control.setAttribute("aria-describedby", REASONS[lacks]);
        control.title = document.getElementById(REASONS[lacks])?.textContent ?? "";
      }
    }
  }
}
