// @ts-check
// Copies of the page's templates.

import { at } from "../common/page.js";
import { put } from "../common/words.js";

/**
 * A copy of the template with this id, in the language of the page.
 * @param {string} template
 * @returns {any}
 */
export function copy(template) {
  const element = at(template).content.firstElementChild.cloneNode(true);
  for (const word of element.querySelectorAll("[data-word]")) put(word, word.dataset.word);
  return element;
}
