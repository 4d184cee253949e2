import { expect, test } from "vitest";

import { addRows, confirmationOf, countsOf, emptyNetwork, isLaidOut } from "../src/islands/network/data";
import { History } from "../src/islands/network/history";
import { hangingOn, isInside, nearestTowards, shortestPath } from "../src/islands/network/search";

function chain(): ReturnType<typeof emptyNetwork> {
  const network = emptyNetwork();
  const nodes = ["a", "b", "c", "d", "leaf"].map((id, index) => ({ id, kind: "person", label: id, x: index, y: 0 }));
  const edges = [
    { id: 1, from: "a", to: "b" },
    { id: 2, from: "b", to: "c" },
    { id: 3, from: "c", to: "d" },
    { id: 4, from: "a", to: "d" },
    { id: 5, from: "b", to: "leaf" },
  ];
  addRows(network, { nodes, edges }, { x: 0, y: 0, radius: 1 });
  return network;
}

test("the shortest path is found and hidden nodes are no way", () => {
  const network = chain();
  expect(shortestPath(network, "b", "d")).toHaveLength(3);
  network.setNodeAttribute("a", "hidden", true);
  expect(shortestPath(network, "b", "d")).toEqual(["b", "c", "d"]);
  network.setNodeAttribute("c", "hidden", true);
  expect(shortestPath(network, "b", "d")).toBeNull();
});

test("only what hangs on one node alone collapses", () => {
  expect(hangingOn(chain(), "b")).toEqual(["leaf"]);
});

test("the arrow goes to the nearest node in its direction and stops at the rim", () => {
  const network = chain();
  expect(nearestTowards(network, "b", { x: 1, y: 0 })).toBe("c");
  expect(nearestTowards(network, "a", { x: -1, y: 0 })).toBeNull();
});

test("rows that are known are not added twice, and links to unknown nodes are left out", () => {
  const network = chain();
  const added = addRows(network, { nodes: [{ id: "a", kind: "person", label: "a" }, { id: "e", kind: "place", label: "e" }], edges: [{ id: 1, from: "a", to: "b" }, { id: 9, from: "e", to: "nobody" }] }, { x: 5, y: 5, radius: 1 });
  expect(added).toEqual({ nodes: ["e"], edges: [] });
});

test("a claim without a known confirmation is unconfirmed", () => {
  expect(confirmationOf("confirmed")).toBe("confirmed");
  expect(confirmationOf("rumour")).toBe("unconfirmed");
  expect(confirmationOf(undefined)).toBe("unconfirmed");
});

test("a preview is read in each shape of the API", () => {
  expect(countsOf({ counts: { person: 3 } })).toEqual({ person: 3 });
  expect(countsOf([{ kind: "place", count: 2 }])).toEqual({ place: 2 });
  expect(countsOf({ vehicle: 1 })).toEqual({ vehicle: 1 });
});

test("a graph counts as laid out only when every node has a place", () => {
  expect(isLaidOut({ nodes: [{ id: 1, kind: "p", label: "x", x: 0, y: 0 }], edges: [] })).toBe(true);
  expect(isLaidOut({ nodes: [{ id: 1, kind: "p", label: "x", x: 0, y: null }], edges: [] })).toBe(false);
});

test("undo takes back the last step and a new step forgets what was undone", () => {
  let value = 0;
  const history = new History(() => undefined);
  const add = (n: number): void => history.run({ label: String(n), redo: () => (value += n), undo: () => (value -= n) });
  add(1);
  add(10);
  expect(history.undo()).toBe("10");
  expect(value).toBe(1);
  expect(history.redo()).toBe("10");
  history.undo();
  add(5);
  expect(history.canRedo).toBe(false);
  expect(value).toBe(6);
});

test("the lasso holds what lies inside it", () => {
  const square = [{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 4, y: 4 }, { x: 0, y: 4 }];
  expect(isInside({ x: 2, y: 2 }, square)).toBe(true);
  expect(isInside({ x: 5, y: 2 }, square)).toBe(false);
});
