// @ts-check
// A form with a name or a password: it is busy while a request is under way, and says what the server refused, and where.

import { put, putText } from "../common/words.js";

/** What the server refuses of a name or a password, by `data.why`: our word for it, and the field. */
const REFUSALS = /** @type {Record<string, [word: string, field: "userName" | "password"]>} */ ({
  "name-empty": ["login.name-empty", "userName"],
  "name-long": ["login.name-long", "userName"],
  "name-edge": ["login.name-edge", "userName"],
  "name-double": ["login.name-double", "userName"],
  "name-character": ["login.name-character", "userName"],
  "name-reserved": ["login.name-reserved", "userName"],
  "password-short": ["login.password-short", "password"],
  "password-long": ["login.password-long", "password"],
  "password-name": ["login.password-name", "password"],
  "password-repeated": ["login.password-repeated", "password"],
  "password-common": ["login.password-common", "password"],
  "password-tail": ["login.password-tail", "password"],
});

/**
 * @typedef {object} Parts
 * @property {HTMLFormElement} form
 * @property {HTMLButtonElement} submit
 * @property {HTMLElement} error where a refusal is said
 * @property {HTMLInputElement[]} inputs
 * @property {Record<"userName" | "password", HTMLInputElement>} refused the input that a refusal is about
 */

export class AccountForm {
  isBusy = false;
  /** @type {Parts} */
  #parts;

  /**
   * @param {Parts} parts
   * @param {() => void} send
   */
  constructor(parts, send) {
    this.#parts = parts;
    for (const input of parts.inputs) input.addEventListener("input", () => input.removeAttribute("aria-invalid"));
    parts.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (!this.isBusy) send();
    });
  }

  /** A request is under way: the button says so. It keeps the focus, so it is not disabled. */
  begin() {
    this.isBusy = true;
    this.#parts.form.setAttribute("aria-busy", "true");
    put(this.#parts.submit, "login.busy");
  }

  /**
   * The request has ended; the button shows its word again.
   * @param {string} word
   */
  end(word) {
    this.isBusy = false;
    this.#parts.form.removeAttribute("aria-busy");
    put(this.#parts.submit, word);
  }

  /**
   * Shows why the server refused.
   * @param {import("../common/api.js").Reply} reply
   */
  explain({ code, message, data, retryAfter }) {
    if (code === 0) return this.complain("trouble.unreachable");
    if (code === 429 && retryAfter === null) return this.complain("trouble.later");
    if (code === 429) return this.complain("trouble.wait", null, { n: retryAfter });
    if (code === 503 && retryAfter !== null) return this.complain("trouble.busy", null, { n: retryAfter });
    if (Object.hasOwn(REFUSALS, data?.why ?? "")) {
      const [word, field] = REFUSALS[data.why];
      return this.complain(word, this.#parts.refused[field]);
    }
    if (message === "") return this.complain("trouble.code", null, { n: code });
    putText(this.#parts.error, message);
    this.#parts.error.hidden = false;
  }

  /**
   * Shows an error, and where it is.
   * @param {string} word
   * @param {HTMLElement | null} input
   */
  complain(word, input = null, values = {}) {
    this.clear();
    this.#parts.error.hidden = false;
    put(this.#parts.error, word, values);
    input?.setAttribute("aria-invalid", "true");
    input?.focus();
  }

  /** Takes the error back. */
  clear() {
    for (const each of this.#parts.inputs) each.removeAttribute("aria-invalid");
    this.#parts.error.hidden = true;
    putText(this.#parts.error, "");
  }
}
