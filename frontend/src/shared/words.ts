/**
 * Words of the scripts in the page's language. The page carries them as JSON in `#openilp-words`
 * (English text → translation); `words.mjs` lists every text that is used here.
 */

let table: Record<string, string> | null = null;

function load(): Record<string, string> {
  const element = document.getElementById("openilp-words");
  return element?.textContent ? (JSON.parse(element.textContent) as Record<string, string>) : {};
}

/** The translation of an English text; `{name}` is replaced by the value of that name. */
export function t(text: string, values: Record<string, string | number> = {}): string {
  table ??= load();
  const translated = table[text] || text;
  return translated.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

export function pageLanguage(): string {
  return document.documentElement.lang || "en";
}

/** A number as the page's language writes it. */
export function formatNumber(value: number, digits = 0): string {
  return new Intl.NumberFormat(pageLanguage(), { maximumFractionDigits: digits }).format(value);
}
