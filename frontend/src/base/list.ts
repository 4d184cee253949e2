import { isWriting } from "../shared/dom";
import { enhance } from "../shared/enhance";
import { hasModifier, keyName, keysAreOn } from "./keyboard";

const NOTHING = ":scope > td[colspan]:only-child:is(.empty, .mute, :has(> .state))";

/** A sentence in place of rows is read, not stepped on. */
function saysThatNothingIsThere(row: HTMLElement): boolean {
  return row.querySelector(NOTHING) !== null && row.querySelector("a[data-open]") === null;
}

/** Rows of a `[data-list]`: marked ones, else the rows of its table body, else its items. */
export function rowsOf(list: HTMLElement): HTMLElement[] {
  const marked = [...list.querySelectorAll<HTMLElement>("[data-row]")];
  const rows = marked.length > 0 ? marked : [...list.querySelectorAll<HTMLElement>("tbody > tr, :scope > tr, :scope > li")];
  return rows.filter((row) => !row.hidden && !saysThatNothingIsThere(row));
}

export function currentRow(list: HTMLElement): HTMLElement | null {
  return list.querySelector<HTMLElement>(".cur");
}

/** Makes a row the current one: one row is in the tab order, it carries the bar and says so to a screen reader. */
export function makeCurrent(list: HTMLElement, row: HTMLElement, focus: boolean): void {
  const before = currentRow(list);
  for (const other of rowsOf(list)) {
    other.classList.toggle("cur", other === row);
    other.tabIndex = other === row ? 0 : -1;
    if (other === row) other.setAttribute("aria-current", "true");
    else other.removeAttribute("aria-current");
  }
  if (focus) {
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
  if (before !== row) row.dispatchEvent(new CustomEvent("openilp:current", { bubbles: true }));
}

function move(list: HTMLElement, step: number): void {
  const rows = rowsOf(list);
  const row = currentRow(list);
  const index = row ? rows.indexOf(row) + step : 0;
  const next = rows[Math.max(0, Math.min(rows.length - 1, index))];
  if (next) makeCurrent(list, next, true);
}

function open(list: HTMLElement): void {
  const row = currentRow(list);
  const link = row?.querySelector<HTMLAnchorElement>("a[data-open]") ?? row?.querySelector<HTMLAnchorElement>("a[href]");
  link?.click();
}

function toggle(list: HTMLElement): void {
  currentRow(list)?.querySelector<HTMLInputElement>('input[type="checkbox"]')?.click();
}

const MOVES: Record<string, number> = { J: 1, K: -1, ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || hasModifier(event) || isWriting(event.target)) return;
  const target = event.target as HTMLElement;
  const list = target.closest<HTMLElement>("[data-list]");
  if (!list) return;
  const key = keyName(event);
  const step = MOVES[key];
  const letter = key.length === 1;
  if (letter && !keysAreOn()) return;
  if (step !== undefined) move(list, step);
  else if (key === "Enter" && target === currentRow(list)) open(list);
  else if (key === "Space" && target === currentRow(list)) toggle(list);
  else return;
  event.preventDefault();
}

function showSelection(list: HTMLElement): void {
  const boxes = rowsOf(list).flatMap((row) => [...row.querySelectorAll<HTMLInputElement>('input[type="checkbox"]')].slice(0, 1));
  for (const box of boxes) box.closest<HTMLElement>("tr, li, [data-row]")?.classList.toggle("on", box.checked);
  const chosen = boxes.filter((box) => box.checked).length;
  const region = list.closest<HTMLElement>("[data-keys], form, .panel") ?? list;
  for (const count of region.querySelectorAll("[data-bulk-count]")) count.textContent = String(chosen);
  for (const bulk of region.querySelectorAll<HTMLElement>("[data-bulk]")) bulk.hidden = chosen === 0;
  const all = region.querySelector<HTMLInputElement>("[data-select-all]");
  if (!all) return;
  all.checked = chosen > 0 && chosen === boxes.length;
  all.indeterminate = chosen > 0 && chosen < boxes.length;
}

function selectAll(all: HTMLInputElement): void {
  const region = all.closest<HTMLElement>("[data-keys], form, .panel") ?? document.body;
  const list = all.closest<HTMLElement>("[data-list]") ?? region.querySelector<HTMLElement>("[data-list]");
  if (!list) return;
  for (const row of rowsOf(list)) {
    const box = row.querySelector<HTMLInputElement>('input[type="checkbox"]');
    if (box && box !== all) box.checked = all.checked;
  }
  showSelection(list);
}

function startList(list: HTMLElement): void {
  const rows = rowsOf(list);
  const first = currentRow(list) ?? rows[0];
  for (const row of rows) row.tabIndex = row === first ? 0 : -1;
  if (list.hasAttribute("data-autofocus") && first && (document.activeElement ?? document.body) === document.body) {
    makeCurrent(list, first, true);
  }
  list.addEventListener("focusin", (event) => {
    const row = rowsOf(list).find((candidate) => candidate.contains(event.target as Node));
    if (row) makeCurrent(list, row, false);
  });
  list.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.hasAttribute("data-select-all")) return;
    showSelection(list);
  });
  showSelection(list);
}

/** Keyboard lists: J, K and arrows move, Enter opens, Space ticks; `openilp:current` tells which row it is now. */
export function startLists(): void {
  enhance("[data-list]", startList);
  document.addEventListener("keydown", onKey);
  document.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement && event.target.matches("[data-select-all]")) selectAll(event.target);
  });
}
