import { readSetting, writeSetting } from "../shared/settings";

type Theme = "light" | "dark";

/** The theme in force: the user's choice, else the system's. */
export function currentTheme(): Theme {
  const chosen = document.documentElement.dataset["theme"];
  if (chosen === "light" || chosen === "dark") return chosen;
  return matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function setTheme(theme: Theme): void {
  document.documentElement.dataset["theme"] = theme;
  writeSetting("theme", theme);
  showState(theme);
  document.dispatchEvent(new CustomEvent("openilp:theme", { detail: { theme } }));
}

function showState(theme: Theme): void {
  for (const button of document.querySelectorAll<HTMLElement>("[data-theme-toggle]")) {
    button.setAttribute("aria-pressed", String(theme === "dark"));
  }
}

/** Wires every `[data-theme-toggle]` button; islands listen to `openilp:theme` on the document. */
export function startTheme(): void {
  const stored = readSetting("theme");
  if (stored === "light" || stored === "dark") document.documentElement.dataset["theme"] = stored;
  showState(currentTheme());
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-theme-toggle]")) return;
    setTheme(currentTheme() === "dark" ? "light" : "dark");
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    if (readSetting("theme") === null) {
      document.dispatchEvent(new CustomEvent("openilp:theme", { detail: { theme: currentTheme() } }));
    }
  });
}
