import { isWriting } from "../shared/dom";
import { enhance } from "../shared/enhance";
import { hasModifier, keyName, keysAreOn } from "./keyboard";

const cameFrom = new WeakMap<HTMLElement, HTMLElement>();

function groupsOf(strip: HTMLElement): HTMLElement[] {
  return [...strip.querySelectorAll<HTMLElement>("[data-group]")];
}

function radiosOf(group: HTMLElement): HTMLInputElement[] {
  return [...group.querySelectorAll<HTMLInputElement>('input[type="radio"]')].filter((radio) => !radio.disabled);
}

function labelOf(radio: HTMLInputElement): string {
  return radio.labels?.[0]?.textContent?.trim() ?? "";
}

/** Whether a key names a choice: its code, its declared key, its label, or the digit that ends its code (H1 → 1). */
export function keyNames(key: string, choice: { value: string; label: string; key?: string | undefined }): boolean {
  const wanted = key.toUpperCase();
  const names = [choice.key, choice.value, choice.label].filter((name): name is string => Boolean(name));
  return names.some((name) => name.toUpperCase() === wanted) || (/^\d$/.test(key) && new RegExp(`^[A-Za-z]+${key}$`).test(choice.value));
}

function enter(strip: HTMLElement, index: number): void {
  const groups = groupsOf(strip);
  groups.forEach((group, at) => group.classList.toggle("next", at === index));
  const group = groups[index];
  if (!group) return;
  const radios = radiosOf(group);
  (radios.find((radio) => radio.checked) ?? radios[0])?.focus();
}

function leave(strip: HTMLElement): void {
  for (const group of groupsOf(strip)) group.classList.remove("next");
  const before = cameFrom.get(strip);
  if (before?.isConnected) before.focus();
  else (document.activeElement as HTMLElement | null)?.blur();
}

function save(strip: HTMLElement): void {
  const form = strip.closest("form") ?? strip.querySelector("form");
  if (!form) return;
  const button = form.querySelector<HTMLButtonElement>("[data-grade-save], button[type=submit], button:not([type])");
  form.requestSubmit(button);
}

function choose(strip: HTMLElement, key: string): boolean {
  const groups = groupsOf(strip);
  const index = Math.max(0, groups.findIndex((group) => group.contains(document.activeElement)));
  const radio = radiosOf(groups[index] as HTMLElement).find((candidate) =>
    keyNames(key, { value: candidate.value, label: labelOf(candidate), key: candidate.dataset["choice"] }),
  );
  if (!radio) return false;
  radio.checked = true;
  radio.dispatchEvent(new Event("input", { bubbles: true }));
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  if (index + 1 < groups.length) enter(strip, index + 1);
  else radio.focus();
  return true;
}

function back(strip: HTMLElement): void {
  const index = groupsOf(strip).findIndex((group) => group.contains(document.activeElement));
  enter(strip, Math.max(0, index - 1));
}

function onStripKey(event: KeyboardEvent): void {
  if (hasModifier(event) || isWriting(event.target)) return;
  const strip = event.currentTarget as HTMLElement;
  if (!groupsOf(strip).some((group) => group.contains(event.target as Node))) return;
  const key = keyName(event);
  if (key === "Enter") save(strip);
  else if (key === "Escape") leave(strip);
  else if (key === "Backspace") back(strip);
  else if (key.length !== 1) return;
  else if (!keysAreOn() || !choose(strip, key)) {
    // A letter that is no grade must not fall through to the list: in the strip letters are grades.
    event.stopPropagation();
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

function open(from: HTMLElement): boolean {
  const strip = (from.closest("[data-keys]") ?? document).querySelector<HTMLElement>("[data-grade]") ?? document.querySelector<HTMLElement>("[data-grade]");
  if (!strip || groupsOf(strip).length === 0) return false;
  cameFrom.set(strip, from);
  strip.hidden = false;
  strip.closest("details")?.setAttribute("open", "");
  enter(strip, 0);
  return true;
}

function sayMeaning(strip: HTMLElement): void {
  for (const group of groupsOf(strip)) {
    const place = group.querySelector("[data-meaning-of]");
    const checked = radiosOf(group).find((radio) => radio.checked);
    if (place && checked?.dataset["meaning"]) place.textContent = checked.dataset["meaning"];
  }
}

/**
 * Grade strip: G opens it from a list or a marked region, then one key a group (source, information, handling),
 * Enter saves, Backspace goes back, Escape returns to where one was. Nothing here is preset by the script.
 */
export function startGrading(): void {
  enhance("[data-grade]", (strip) => {
    strip.addEventListener("keydown", onStripKey);
    strip.addEventListener("change", () => sayMeaning(strip));
    sayMeaning(strip);
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || hasModifier(event) || isWriting(event.target) || !keysAreOn()) return;
    if (!(event.target instanceof HTMLElement) || !event.target.closest("[data-list], [data-keys]")) return;
    if (keyName(event) === "G" && open(event.target)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof HTMLElement && event.target.closest("[data-grade-open]") && open(event.target)) event.preventDefault();
  });
}
