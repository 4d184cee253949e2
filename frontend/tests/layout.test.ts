import { expect, test } from "vitest";

import { boxOf, breaksOf, circle } from "../src/islands/map/shapes";
import { layout } from "../src/islands/thread/layout";
import { placeLane, ticks } from "../src/islands/timeline/layout";

test("the thread runs from left to right in the order of the process", () => {
  const { nodes } = layout({
    nodes: [
      { id: "d", room: "tasking", kind: "decision", label: "" },
      { id: "r", room: "collection", kind: "report", label: "" },
      { id: "p", room: "analysis", kind: "product", label: "" },
    ],
    edges: [{ from: "r", to: "p" }, { from: "p", to: "d" }],
  });
  const x = (id: string): number => nodes.get(id)?.x ?? Number.NaN;
  expect(x("r")).toBeLessThan(x("p"));
  expect(x("p")).toBeLessThan(x("d"));
});

test("a circle in the thread ends, and a node without a room follows what came before it", () => {
  const { nodes } = layout({
    nodes: ["a", "b", "c"].map((id) => ({ id, kind: "step", label: id })),
    edges: [{ from: "a", to: "b" }, { from: "b", to: "c" }, { from: "c", to: "a" }],
  });
  expect(nodes.size).toBe(3);
  expect(nodes.get("c")?.layer).toBeGreaterThan(nodes.get("b")?.layer ?? Infinity);
});

test("boxes of one column never overlap", () => {
  const { nodes } = layout({ nodes: Array.from({ length: 6 }, (_value, id) => ({ id, room: "collection", kind: "report", label: "" })), edges: [] });
  const tops = [...nodes.values()].map((node) => node.y).sort((a, b) => a - b);
  for (let index = 1; index < tops.length; index += 1) expect((tops[index] ?? 0) - (tops[index - 1] ?? 0)).toBeGreaterThanOrEqual(44);
});

test("events that would overlap go into rows of their lane", () => {
  const events = [
    { lane: 1, start: "2026-01-01", label: "a" },
    { lane: 1, start: "2026-01-02", label: "b" },
    { lane: 1, start: "2026-03-01", label: "c" },
    { lane: 2, start: "2026-01-01", label: "elsewhere" },
  ];
  const lane = placeLane({ id: 1, label: "x" }, events, () => 10 * 86_400_000);
  expect(lane.events.map((event) => event.row)).toEqual([0, 1, 0]);
  expect(lane.rows).toBe(2);
});

test("marks of the axis fit the span", () => {
  const months = ticks(Date.UTC(2026, 0, 1), Date.UTC(2026, 11, 31));
  expect(months).toHaveLength(12);
  expect(months.filter((mark) => mark.major)).toHaveLength(4);
});

test("a circle of 500 m is 500 m wide to each side", () => {
  const [ring = []] = circle([106.9, 47.9], 500).coordinates;
  const north = Math.max(...ring.map(([, latitude = 0]) => latitude));
  expect((north - 47.9) * 111_195).toBeCloseTo(500, -1);
});

test("class limits rise even when values are equal", () => {
  const limits = breaksOf([5, 5, 5, 5, 5]);
  expect(limits).toHaveLength(4);
  for (let index = 1; index < limits.length; index += 1) expect(limits[index]).toBeGreaterThan(limits[index - 1] ?? Infinity);
});

test("the box of nothing is none", () => {
  expect(boxOf([{ type: "FeatureCollection", features: [] }])).toBeNull();
});
