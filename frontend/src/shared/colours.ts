/** Colours come from the stylesheet, so that a drawing follows the theme and the contrast rules of the page. */

export function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
}

/** A mix of two hexadecimal colours; 0 gives the first, 1 the second. */
export function mix(from: string, to: string, share: number): string {
  const channel = (colour: string, at: number): number => Number.parseInt(full(colour).slice(at, at + 2), 16);
  const parts = [1, 3, 5].map((at) => Math.round(channel(from, at) * (1 - share) + channel(to, at) * share));
  return `#${parts.map((part) => part.toString(16).padStart(2, "0")).join("")}`;
}

function full(colour: string): string {
  return colour.length === 4 ? `#${[...colour.slice(1)].map((digit) => digit + digit).join("")}` : colour;
}

/** Calls back when the user or the system changes between light and dark. */
export function onThemeChange(act: () => void): void {
  document.addEventListener("openilp:theme", () => requestAnimationFrame(act));
}
