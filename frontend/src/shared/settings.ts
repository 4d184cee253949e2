/** Choices that stay in this browser. A browser that blocks storage keeps them for the page only. */

const PREFIX = "openilp.";
const pageOnly = new Map<string, string>();

export function readSetting(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name) ?? pageOnly.get(name) ?? null;
  } catch {
    return pageOnly.get(name) ?? null;
  }
}

export function writeSetting(name: string, value: string): void {
  pageOnly.set(name, value);
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch (error) {
    console.warn(`The choice “${name}” lasts for this page only: the browser blocks local storage.`, error);
  }
}
