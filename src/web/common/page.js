// @ts-check
// What every page does with its own elements.

/**
 * The element with this id. What kind it is stands in the page, so its type is left open.
 * @param {string} id
 * @returns {any}
 */
export function at(id) {
  return document.getElementById(id);
}
