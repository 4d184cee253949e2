import { readSetting, writeSetting } from "../shared/settings";

/** What a key press means, whatever the keyboard layout: on a Cyrillic layout the place of the key decides. */
export function keyName(event: Pick<KeyboardEvent, "key" | "code">): string {
  if (/^[a-z]$/i.test(event.key)) return event.key.toUpperCase();
  if (/^[0-9?/]$/.test(event.key)) return event.key;
  if (event.key.length > 1) return event.key;
  const place = /^(?:Key([A-Z])|(?:Digit|Numpad)([0-9]))$/.exec(event.code);
  if (place) return (place[1] ?? place[2]) as string;
  if (event.code === "Slash") return "/";
  return event.key === " " ? "Space" : event.key;
}

export function hasModifier(event: KeyboardEvent): boolean {
  return event.ctrlKey || event.metaKey || event.altKey;
}

/** Single-key shortcuts can be switched off for good (WCAG 2.1.4). */
export function keysAreOn(): boolean {
  return readSetting("keys") !== "off";
}

export function switchKeys(on: boolean): void {
  writeSetting("keys", on ? "on" : "off");
}
