import { el, svg } from "../../shared/dom";
import { formatNumber, t } from "../../shared/words";
import { ramp } from "./style";

/** What the colours mean: name, unit, method, n and the class limits. */
export function buildLegend(element: HTMLElement, values: number[]): HTMLElement | null {
  const { legend, method, n, unit } = element.dataset;
  if (!legend) return null;
  const colours = ramp();
  const width = 100 / colours.length;
  const bar = svg("svg", { class: "ramp", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" });
  colours.forEach((fill, index) => bar.append(svg("rect", { x: index * width, y: 0, width, height: 10, fill })));
  const positive = values.filter((value) => value > 0);
  const ends = positive.length > 0 ? [Math.min(...positive), Math.max(...positive)] : [0, 0];
  return el(
    "div",
    { class: "map-legend", role: "note" },
    el("b", {}, legend),
    bar,
    el("span", { class: "ends" }, el("span", {}, formatNumber(ends[0] ?? 0, 2)), el("span", {}, unit ?? ""), el("span", {}, formatNumber(ends[1] ?? 0, 2))),
    method ? el("span", {}, t("Method: {method}", { method })) : null,
    n ? el("span", {}, t("n = {n}", { n: formatNumber(Number(n)) })) : null,
  );
}
