// @ts-check
// What is pointed at, or has the focus, in one column is lit in all of them: whatever has a bit in common with it. The
// arrow keys go from field to field.

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/**
 * Lights the parts of `view` together; of the list `meaning` the lit line is scrolled into sight.
 * @param {HTMLElement} view
 * @param {HTMLElement} meaning
 */
export function light(view, meaning) {
  const parts = Array.from(/** @type {NodeListOf<HTMLElement>} */ (view.querySelectorAll("[data-from]")), (part) => ({ part, ...rangeOf(part) }));
  for (const list of view.querySelectorAll("[role=listbox]")) list.querySelector("[role=option]")?.setAttribute("tabindex", "0");

  /** What is pointed at, or has the focus. @type {HTMLElement | null} */
  let lit = null;
  /** @param {HTMLElement | null} source */
  const show = (source) => {
    lit = source;
    const range = source === null ? null : rangeOf(source);
    for (const { part, from, to } of parts) {
      const isLit = range !== null && from < range.to && range.from < to;
      part.classList.toggle("lit", isLit);
      if (part.role === "option") part.setAttribute("aria-selected", String(isLit));
    }
    if (source !== null && !meaning.contains(source)) bringLine(meaning);
  };
  const focused = () => /** @type {HTMLElement | null} */ (view.contains(document.activeElement) ? partAt(document.activeElement) : null);

  view.addEventListener("pointerover", ({ target }) => {
    const part = partAt(target);
    if (part !== null) show(part);
  });
  // A finger that is lifted has left, too: what it touched stays lit.
  view.addEventListener("pointerleave", ({ pointerType }) => {
    if (pointerType === "mouse") show(focused());
  });
  view.addEventListener("focusin", ({ target }) => {
    const part = partAt(target);
    if (part === null) return;
    for (const other of part.closest("[role=listbox]")?.querySelectorAll("[tabindex='0']") ?? []) other.setAttribute("tabindex", "-1");
    part.setAttribute("tabindex", "0");
    // Who points at a bit gives the focus to its field: the bit stays lit.
    if (lit === null || !part.contains(lit)) show(part);
  });
  view.addEventListener("focusout", ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && view.contains(relatedTarget))) show(null);
  });
  view.addEventListener("keydown", (event) => step(event));
}

/** @param {HTMLElement} part */
const rangeOf = ({ dataset }) => ({ from: Number(dataset.from), to: Number(dataset.to) });

/** @param {EventTarget | null} target @returns {HTMLElement | null} */
const partAt = (target) => (target instanceof Element ? target.closest("[data-from]") : null);

/** Scrolls the list, and nothing else, to its first line that is lit. @param {HTMLElement} meaning */
function bringLine(meaning) {
  const line = /** @type {HTMLElement | null} */ (meaning.querySelector(".lit"));
  if (line === null) return;
  const top = line.offsetTop - meaning.scrollTop;
  if (top < 0 || top + line.offsetHeight > meaning.clientHeight) meaning.scrollTop = line.offsetTop - 8;
}

/** The arrow keys go to the next field of the column or the one before, Home and End to the first and last. */
function step(event) {
  const list = event.target.closest("[role=listbox]");
  if (list === null || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = [...list.querySelectorAll("[role=option]")];
  const at = all.indexOf(event.target);
  const to = event.key === "Home" ? all[0] : event.key === "End" ? all.at(-1) : all[at + (STEPS[event.key] ?? NaN)];
  if (at < 0 || (STEPS[event.key] === undefined && event.key !== "Home" && event.key !== "End")) return;
  // At the edge nothing moves, nor does the page.
  event.preventDefault();
  to?.focus({ preventScroll: list.classList.contains("meaning") });
  if (to !== undefined && list.classList.contains("meaning")) bringLine(list);
}
