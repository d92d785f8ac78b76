// @ts-check
// Menus: one is open at a time. What is done in it closes it, so that what comes of it is seen; so do Escape, and a press
// elsewhere. The focus goes back to its button.

/** Makes menus of all `details.menu`, and a sheet of the element that `toggle` controls. */
export function makeMenus(toggle) {
  const menus = /** @type {HTMLDetailsElement[]} */ ([...document.querySelectorAll(".menu")]);
  const open = (isOpen) => toggle.setAttribute("aria-expanded", String(isOpen));
  const sheet = /** @type {HTMLElement} */ (document.getElementById(toggle.getAttribute("aria-controls")));
  toggle.addEventListener("click", () => open(toggle.getAttribute("aria-expanded") !== "true"));
  for (const menu of menus) {
    menu.addEventListener("toggle", () => {
      if (menu.open) menus.filter((other) => other !== menu).forEach((other) => { other.open = false; });
    });
  }
  // Before what was pressed does its work: that may open the menu again, to say what is wrong.
  document.addEventListener("click", ({ target }) => {
    const pressed = target instanceof Element ? target.closest("button, a") : null;
    if (pressed === null || pressed.getAttribute("aria-disabled") === "true" || pressed.hasAttribute("data-repeats")) return;
    const menu = menus.find((one) => one.open && one.contains(pressed));
    const isOnSheet = sheet.contains(pressed) && toggle.checkVisibility();
    if (menu !== undefined) menu.open = false;
    if (isOnSheet) open(false);
    if (isOnSheet) toggle.focus();
    else menu?.querySelector("summary")?.focus();
  }, { capture: true });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = menus.find((one) => one.open);
    const button = menu?.querySelector("summary") ?? (toggle.getAttribute("aria-expanded") === "true" ? toggle : null);
    if (button === null) return;
    const isIn = (menu ?? sheet).contains(document.activeElement);
    if (menu === undefined) open(false);
    else menu.open = false;
    if (isIn) button.focus();
    event.stopImmediatePropagation();
  }, { capture: true });
  document.addEventListener("pointerdown", ({ target }) => {
    if (!(target instanceof Node)) return;
    for (const menu of menus) if (menu.open && !menu.contains(target)) menu.open = false;
    if (!sheet.contains(target) && !toggle.contains(target)) open(false);
  });
}
