import { BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from "echarts/charts";
import { GridComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { SVGRenderer } from "echarts/renderers";

import { onThemeChange } from "../../shared/colours";
import { el, icon } from "../../shared/dom";
import { islandData } from "../../shared/source";
import { t } from "../../shared/words";
import type { ChartData } from "./data";
import { optionsOf, sentenceOf } from "./options";

use([BarChart, CustomChart, HeatmapChart, LineChart, ScatterChart, GridComponent, TooltipComponent, VisualMapComponent, SVGRenderer]);

function isEmpty(data: ChartData): boolean {
  return (data.type === "trend" ? data.points : data.type === "bars" ? data.rows : data.cells).length === 0;
}

/** Draws one chart as SVG. */
export async function mount(element: HTMLElement): Promise<void> {
  const data = await islandData<ChartData>(element);
  if (isEmpty(data)) {
    element.replaceChildren(el("div", { class: "state", role: "status" }, icon("chart-line"), el("b", {}, t("No figures yet.")), el("p", {}, t("Import incidents or widen the period."))));
    return;
  }
  const size = element.dataset["height"];
  const stage = el("div", { class: `chart-stage${size === "short" || size === "tall" ? ` ${size}` : ""}`, role: "img", "aria-label": sentenceOf(data) });
  element.replaceChildren(stage);
  const chart = init(stage, null, { renderer: "svg" });
  chart.setOption(optionsOf(data));
  onThemeChange(() => chart.setOption(optionsOf(data), { notMerge: true }));
  new ResizeObserver(() => chart.resize()).observe(stage);
}
