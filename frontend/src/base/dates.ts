import { enhance } from "../shared/enhance";
import { pageLanguage, t } from "../shared/words";

const UNITS: [unit: Intl.RelativeTimeFormatUnit, seconds: number][] = [
  ["year", 31_557_600],
  ["month", 2_629_800],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
];

/** “2 hours ago”, “in 3 days”, in the page's language. A date without a clock time is counted in days. */
export function relative(value: Date, now: Date, language: string, dateOnly = false): string {
  const format = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
  if (dateOnly) {
    const day = (date: Date): number => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / 86_400_000;
    const days = day(value) - day(now);
    if (Math.abs(days) < 14) return format.format(days, "day");
  }
  const seconds = (value.getTime() - now.getTime()) / 1000;
  for (const [unit, size] of UNITS) {
    if (unit === "week" && Math.abs(seconds) < 2 * size) continue;
    if (Math.abs(seconds) >= size) return format.format(Math.round(seconds / size), unit);
  }
  return format.format(0, "minute");
}

/** Parses what Django writes; a plain date is a day of the reader's calendar, not midnight in Greenwich. */
export function parseDate(text: string): { value: Date; dateOnly: boolean } | null {
  const plain = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const value = plain ? new Date(Number(plain[1]), Number(plain[2]) - 1, Number(plain[3])) : new Date(text);
  return Number.isNaN(value.getTime()) ? null : { value, dateOnly: plain !== null };
}

function two(value: number): string {
  return String(value).padStart(2, "0");
}

function exact(value: Date, dateOnly: boolean): string {
  const day = `${value.getFullYear()}-${two(value.getMonth() + 1)}-${two(value.getDate())}`;
  return dateOnly ? day : `${day} ${two(value.getHours())}:${two(value.getMinutes())}`;
}

/** Minutes and seconds between two moments, in words that need no colour. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds >= 3600) return t("{h} h {m} min", { h: Math.floor(seconds / 3600), m: Math.floor((seconds % 3600) / 60) });
  return t("{m} min {s} s", { m: Math.floor(seconds / 60), s: seconds % 60 });
}

/** What is left of a delay; what has run out happens with the next turn of the server's clock. */
function left(milliseconds: number): string {
  return milliseconds > 0 ? duration(milliseconds) : t("a moment");
}

function show(element: HTMLElement): void {
  const parsed = parseDate(element.getAttribute("datetime") ?? "");
  if (!parsed) return;
  if (!element.title) element.title = exact(parsed.value, parsed.dateOnly);
  if (element.dataset["countdown"] !== undefined) element.textContent = left(parsed.value.getTime() - Date.now());
  else if (element.dataset["elapsed"] !== undefined) element.textContent = duration(Date.now() - parsed.value.getTime());
  else element.textContent = relative(parsed.value, new Date(), pageLanguage(), parsed.dateOnly);
}

function refresh(selector: string): void {
  for (const element of document.querySelectorAll<HTMLElement>(selector)) show(element);
}

/** `<time data-rel>` counts in words, `data-countdown` and `data-elapsed` by the second; the exact date is the title. */
export function startDates(): void {
  enhance("time[data-rel], time[data-countdown], time[data-elapsed]", show);
  setInterval(() => refresh("time[data-rel]"), 60_000);
  setInterval(() => refresh("time[data-countdown], time[data-elapsed]"), 1_000);
}
