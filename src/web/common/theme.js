// @ts-check
// Dark or light: as the system has it, until the reader chooses otherwise. No module: it runs before the page is drawn,
// so that no page flashes in the other theme.

{
  const KEY = "wirewalk-theme";
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");

  /** @param {string | null} choice */
  const show = (choice) => {
    if (choice === "dark" || choice === "light") root.dataset.theme = choice;
    else delete root.dataset.theme;
  };

  const toggle = () => {
    const preferred = system.matches ? "dark" : "light";
    const shown = root.dataset.theme ?? preferred;
    const chosen = shown === "dark" ? "light" : "dark";
    // The system's own theme is no choice: the page follows the system again.
    const choice = chosen === preferred ? null : chosen;
    show(choice);
    try {
      if (choice === null) localStorage.removeItem(KEY);
      else localStorage.setItem(KEY, choice);
    } catch {
      // A browser may forbid storage; then the choice lasts as long as the page.
    }
  };

  try {
    show(localStorage.getItem(KEY));
  } catch {
    // As above.
  }
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Element && target.closest("#theme")) toggle();
  });
  // Chosen in another tab.
  addEventListener("storage", ({ key, newValue }) => {
    if (key === KEY) show(newValue);
  });
}
