import { el, icon, svg } from "../../shared/dom";
import { formatNumber, t } from "../../shared/words";
import type { Canvas } from "./canvas";
import { confirmationWord, type Confirmation } from "./data";
import { kindWord, lookOf, shapeIcon } from "./kinds";
import type { View } from "./view";

export interface Tools {
  element: HTMLElement;
  update: () => void;
}

function tool(text: string, name: string, act: () => void): HTMLButtonElement {
  const made = el("button", { type: "button", class: "btn sm" }, icon(name), text);
  made.addEventListener("click", act);
  return made;
}

function finder(canvas: Canvas, view: View): HTMLElement {
  const input = el("input", { type: "search", "aria-label": t("Find in the drawing"), placeholder: t("Find in the drawing") });
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const wanted = input.value.trim().toLocaleLowerCase();
    const found = wanted && canvas.shownNodes().find((node) => `${canvas.facts(node).name} ${canvas.facts(node).ref}`.toLocaleLowerCase().includes(wanted));
    if (!found) return;
    canvas.choose([found]);
    view.reveal(found);
  });
  return input;
}

function degreeFilter(canvas: Canvas, changed: () => void): HTMLElement {
  const most = canvas.network.reduceNodes((top, node) => Math.max(top, canvas.network.degree(node)), 0);
  const said = el("output", { class: "num" }, "0");
  const range = el("input", { type: "range", min: 0, max: Math.min(20, most), step: 1, value: 0 });
  range.addEventListener("input", () => {
    canvas.show.minimum = Number(range.value);
    said.textContent = range.value;
    changed();
  });
  return el("label", {}, t("Links at least"), range, said);
}

/** Slider over the first dates of the links; absent when no link carries a date. */
function timeFilter(canvas: Canvas, changed: () => void): HTMLElement | null {
  const dates = [...new Set(canvas.network.mapEdges((_edge, facts) => facts.start).filter(Boolean))].sort();
  if (dates.length < 2) return null;
  const said = el("output", { class: "num" }, t("all"));
  const range = el("input", { type: "range", min: 0, max: dates.length - 1, step: 1, value: dates.length - 1 });
  range.addEventListener("input", () => {
    const at = Number(range.value);
    canvas.show.until = at === dates.length - 1 ? "" : (dates[at] ?? "");
    said.textContent = canvas.show.until.slice(0, 10) || t("all");
    changed();
  });
  return el("label", {}, t("Known until"), range, said);
}

export function buildTools(canvas: Canvas, view: View, changed: () => void, lasso: (on: boolean) => void): Tools {
  const undo = tool(t("Undo"), "arrow-back-up", () => canvas.history.undo());
  const redo = tool(t("Redo"), "arrow-forward-up", () => canvas.history.redo());
  const lassoButton = tool(t("Lasso"), "select", () => {
    const on = lassoButton.getAttribute("aria-pressed") !== "true";
    lassoButton.setAttribute("aria-pressed", String(on));
    lasso(on);
  });
  lassoButton.setAttribute("aria-pressed", "false");
  const element = el(
    "div",
    { class: "island-tools", role: "toolbar", "aria-label": t("Network") },
    finder(canvas, view),
    degreeFilter(canvas, changed),
    timeFilter(canvas, changed),
    lassoButton,
    undo,
    redo,
    tool(t("Show all"), "eye", () => canvas.showAll()),
    tool(t("Arrange"), "refresh", () => canvas.arrange()),
    tool(t("Fit"), "maximize", () => view.fit()),
  );
  const update = (): void => {
    undo.disabled = !canvas.history.canUndo;
    redo.disabled = !canvas.history.canRedo;
  };
  update();
  return { element, update };
}

/** Shapes, line styles and counts, in words. */
export function buildLegend(canvas: Canvas): HTMLElement {
  const counts = new Map<string, number>();
  canvas.network.forEachNode((_node, { kind }) => counts.set(kind, (counts.get(kind) ?? 0) + 1));
  const lines = (["confirmed", "probable", "unconfirmed"] satisfies Confirmation[]).map((confirmation) =>
    el("span", {}, svg("svg", { class: `edge-key ${confirmation}`, viewBox: "0 0 28 8", "aria-hidden": "true" }, svg("path", { d: "M0 4H28" })), confirmationWord(confirmation)),
  );
  const kinds = [...counts].map(([kind, n]) => {
    const { shape, colour } = lookOf(kind);
    return el("span", {}, shapeIcon(shape, `var(--${colour})`), `${kindWord(kind)} ${formatNumber(n)}`);
  });
  return el("div", { class: "island-legend" }, ...kinds, ...lines);
}
