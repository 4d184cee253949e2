import { el, isWriting } from "../shared/dom";
import { enhance } from "../shared/enhance";
import { t } from "../shared/words";
import { hasModifier, keyName, keysAreOn, switchKeys } from "./keyboard";
import { currentRow } from "./list";

const REGION = "[data-list], [data-keys]";

function isUsable(element: HTMLElement): boolean {
  return !element.matches(":disabled, [aria-disabled=true]") && element.getClientRects().length > 0;
}

/** The element that a key stands for: of the current row first, then of the region, then of the page. */
function findAction(region: HTMLElement, key: string): HTMLElement | null {
  const list = region.matches("[data-list]") ? region : region.querySelector<HTMLElement>("[data-list]");
  const row = list && currentRow(list);
  const outer = region.closest<HTMLElement>("[data-keys]") ?? region;
  for (const root of [row, region, outer, document]) {
    const found = [...(root?.querySelectorAll<HTMLElement>("[data-key]") ?? [])].find(
      (element) => element.dataset["key"]?.toUpperCase() === key.toUpperCase() && isUsable(element),
    );
    if (found) return found;
  }
  return null;
}

function onRegionKey(event: KeyboardEvent, key: string): boolean {
  const region = (event.target as Element).closest<HTMLElement>(REGION);
  const action = region && findAction(region, key);
  if (!action) return false;
  if (action instanceof HTMLInputElement && isWriting(action)) action.focus();
  else action.click();
  return true;
}

function focusSearch(): boolean {
  const search = document.querySelector<HTMLInputElement>("[data-search], .top input[type=search]");
  search?.focus();
  search?.select();
  return search !== null;
}

function keyRow(keys: string, meaning: string): HTMLElement {
  const term = el("dt");
  for (const key of keys.split(" ")) term.append(el("kbd", {}, key), " ");
  return el("div", {}, term, el("dd", {}, meaning));
}

function meaningOf(element: HTMLElement): string {
  const given = element.dataset["keyLabel"] ?? element.getAttribute("aria-label");
  if (given) return given;
  const copy = element.cloneNode(true) as HTMLElement;
  for (const key of copy.querySelectorAll("kbd")) key.remove();
  return copy.textContent?.trim() ?? "";
}

function pageKeys(): HTMLElement[] {
  const rows = [keyRow("/", t("Search")), keyRow("?", t("These keys"))];
  if (document.querySelector("[data-list]")) {
    rows.push(keyRow("J K", t("Next, previous row")), keyRow("Enter", t("Open the row")), keyRow("Space", t("Tick the row")));
  }
  if (document.querySelector("[data-grade]")) {
    rows.push(keyRow("G", t("Grade: then source, information and handling code")), keyRow("Esc", t("Leave grading")));
  }
  const said = new Set<string>(["G"]);
  for (const element of document.querySelectorAll<HTMLElement>("[data-key]")) {
    const key = element.dataset["key"]?.toUpperCase() ?? "";
    if (said.has(key)) continue;
    said.add(key);
    rows.push(keyRow(key, meaningOf(element)));
  }
  return rows;
}

/** Opens the list of the keys that work on this page, with the switch that turns them off. */
export function showKeys(): void {
  document.getElementById("openilp-keys")?.remove();
  const box = el("input", { type: "checkbox", checked: keysAreOn() });
  box.addEventListener("change", () => switchKeys(box.checked));
  const dialog = el(
    "dialog",
    { id: "openilp-keys", class: "wide", "aria-labelledby": "openilp-keys-title" },
    el("header", {}, el("h2", { id: "openilp-keys-title" }, t("Keys of this page")), el("button", { type: "button", class: "btn sm", "data-close": true }, t("Close"))),
    el(
      "div",
      { class: "body" },
      el("dl", { class: "keylist" }, ...pageKeys()),
      el("label", { class: "check" }, box, t("Single-key shortcuts are on")),
      el("p", { class: "s mute" }, t("Letters act only while a list or a marked part of the page has the focus.")),
    ),
  );
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || hasModifier(event) || isWriting(event.target) || !keysAreOn()) return;
  if (!(event.target instanceof Element) || document.querySelector("dialog[open]")?.contains(event.target) === false) return;
  const key = keyName(event);
  let acted = false;
  if (key === "/") acted = focusSearch();
  else if (key === "?") {
    showKeys();
    acted = true;
  } else if (key.length === 1 || key === "Escape") acted = onRegionKey(event, key === "Escape" ? "Esc" : key);
  if (acted) event.preventDefault();
}

/** `/`, `?` and the keys that the page's own buttons and links declare with `data-key`. */
export function startShortcuts(): void {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-show-keys]")) {
      event.preventDefault();
      showKeys();
    }
  });
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches("[data-keys-toggle]")) switchKeys(event.target.checked);
  });
  enhance("[data-keys-toggle]", (box) => {
    if (box instanceof HTMLInputElement) box.checked = keysAreOn();
  });
  enhance("[data-keys][data-autofocus]:not([data-list])", (region) => {
    if (document.activeElement !== document.body) return;
    region.tabIndex = -1;
    region.focus({ preventScroll: true });
  });
}
