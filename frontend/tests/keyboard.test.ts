import { expect, test } from "vitest";

import { keyName } from "../src/base/keyboard";
import { keyNames } from "../src/base/grade";
import { relative } from "../src/base/dates";

test("a letter is itself on a Latin layout", () => {
  expect(keyName({ key: "j", code: "KeyJ" })).toBe("J");
  expect(keyName({ key: "?", code: "Slash" })).toBe("?");
});

test("the place of the key decides on a Cyrillic layout", () => {
  expect(keyName({ key: "о", code: "KeyJ" })).toBe("J");
  expect(keyName({ key: "№", code: "Digit1" })).toBe("1");
  expect(keyName({ key: ".", code: "Slash" })).toBe("/");
});

test("a Latin layout that moves letters keeps what is printed on the key", () => {
  expect(keyName({ key: "a", code: "KeyQ" })).toBe("A");
});

test("named keys keep their names", () => {
  expect(keyName({ key: "Enter", code: "Enter" })).toBe("Enter");
  expect(keyName({ key: " ", code: "Space" })).toBe("Space");
});

test("a grade is chosen by its code, and a handling code by its digit", () => {
  expect(keyNames("b", { value: "B", label: "B" })).toBe(true);
  expect(keyNames("1", { value: "H1", label: "H1" })).toBe(true);
  expect(keyNames("1", { value: "H2", label: "H2" })).toBe(false);
  expect(keyNames("h", { value: "H2", label: "H2" })).toBe(false);
  expect(keyNames("x", { value: "E", label: "E", key: "X" })).toBe(true);
});

test("relative dates count days for a plain date and hours for a moment", () => {
  const now = new Date(2026, 10, 23, 15, 0);
  expect(relative(new Date(2026, 10, 24), now, "en", true)).toBe("tomorrow");
  expect(relative(new Date(2026, 10, 20), now, "en", true)).toBe("3 days ago");
  expect(relative(new Date(2026, 10, 23, 13, 0), now, "en")).toBe("2 hours ago");
  expect(relative(new Date(2026, 10, 23, 14, 59, 40), now, "en")).toBe("this minute");
});
