import type { CustomSeriesRenderItemAPI, CustomSeriesRenderItemParams } from "echarts";
import type { EChartsCoreOption } from "echarts/core";

import { mix, token } from "../../shared/colours";
import { formatNumber, pageLanguage, t } from "../../shared/words";
import type { Bars, ChartData, Heatmap, Trend } from "./data";

interface Look {
  text: string;
  line: string;
  chart: string;
  soft: string;
  surface: string;
  font: string;
}

function look(): Look {
  return { text: token("text-2"), line: token("line"), chart: token("chart"), soft: token("chart-soft"), surface: token("surface"), font: token("font") };
}

function base({ text, surface, font, line }: Look): EChartsCoreOption {
  return {
    animation: false,
    textStyle: { fontFamily: font, fontSize: 12, color: text },
    // The box is drawn by the stylesheet's rules, not by a style attribute in markup, which the page's policy forbids.
    tooltip: { renderMode: "richText", backgroundColor: surface, borderColor: line, textStyle: { color: token("text"), fontFamily: font, fontSize: 12 }, shadowBlur: 0, confine: true },
    grid: { left: 8, right: 16, top: 28, bottom: 8, containLabel: true },
  };
}

function axis({ text, line }: Look, extra: object): object {
  return { axisLabel: { color: text }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false }, splitLine: { lineStyle: { color: line } }, nameTextStyle: { color: text, align: "left" }, ...extra };
}

function said(value: number | null | undefined): string {
  return value === null || value === undefined ? t("not known") : formatNumber(value, 2);
}

function band(api: CustomSeriesRenderItemAPI, fill: string): ReturnType<typeof segment> {
  const [x, low] = api.coord([api.value(0), api.value(1)]) as [number, number];
  const [, high] = api.coord([api.value(0), api.value(2)]) as [number, number];
  const [width] = api.size?.([1, 0]) as [number, number];
  return { type: "rect", shape: { x: x - width / 2, y: high, width, height: low - high }, style: { fill } };
}

function segment(shape: object, fill: string): { type: "rect"; shape: object; style: { fill: string } } {
  return { type: "rect", shape, style: { fill } };
}

function bandSeries(rows: Trend["points"], periods: string[], fill: string): object {
  const data = rows.filter((row) => row.low != null && row.high != null).map((row) => [periods.indexOf(row.period), row.low, row.high]);
  return { type: "custom", name: t("interval"), data, silent: true, z: 1, encode: { x: 0, y: [1, 2] }, renderItem: (_params: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => band(api, fill) };
}

function trend(data: Trend, colours: Look): EChartsCoreOption {
  const periods = [...new Set([...data.points, ...(data.expected ?? [])].map((point) => point.period))].sort();
  const at = (rows: Trend["points"]): (number | null)[] => periods.map((period) => rows.find((row) => row.period === period)?.value ?? null);
  const expected = data.expected ?? [];
  return {
    ...base(colours),
    tooltip: {
      ...(base(colours)["tooltip"] as object),
      trigger: "axis",
      formatter: (items: { dataIndex: number }[]) => {
        const period = periods[items[0]?.dataIndex ?? 0] ?? "";
        const point = data.points.find((row) => row.period === period);
        const range = point?.low != null && point.high != null ? ` [${said(point.low)}–${said(point.high)}]` : "";
        return `${period}: ${said(point?.value)}${range} ${data.unit}`;
      },
    },
    xAxis: axis(colours, { type: "category", data: periods, splitLine: { show: false } }),
    yAxis: axis(colours, { type: "value", name: data.unit, min: (range: { min: number }) => Math.min(0, range.min) }),
    series: [
      bandSeries(data.points, periods, colours.soft),
      ...(expected.length > 0 ? [bandSeries(expected, periods, token("line")), { type: "line", name: t("expected"), data: at(expected), showSymbol: false, lineStyle: { color: token("chart-2"), type: "dashed", width: 1.5 } }] : []),
      { type: "line", name: data.title, data: at(data.points), connectNulls: false, symbol: "circle", symbolSize: 5, z: 3, lineStyle: { color: colours.chart, width: 2 }, itemStyle: { color: colours.chart } },
    ],
  };
}

/** Names of the weekdays from Monday on, in the page's language. */
export function weekdays(language: string): string[] {
  const format = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" });
  return Array.from({ length: 7 }, (_value, day) => format.format(new Date(Date.UTC(2024, 0, 1 + day))));
}

function heatmap(data: Heatmap, colours: Look): EChartsCoreOption {
  const days = weekdays(pageLanguage());
  const top = Math.max(1, ...data.cells.map((cell) => cell.value));
  return {
    ...base(colours),
    grid: { left: 8, right: 8, top: 8, bottom: 48, containLabel: true },
    tooltip: {
      ...(base(colours)["tooltip"] as object),
      formatter: ({ value }: { value: [number, number, number] }) => `${days[6 - value[1]]} ${value[0]}:00–${value[0] + 1}:00: ${said(value[2])} ${data.unit}`,
    },
    xAxis: axis(colours, { type: "category", data: Array.from({ length: 24 }, (_value, hour) => String(hour)), splitLine: { show: false } }),
    yAxis: axis(colours, { type: "category", data: [...days].reverse(), splitLine: { show: false } }),
    visualMap: {
      min: 0,
      max: top,
      orient: "horizontal",
      left: "center",
      bottom: 4,
      itemWidth: 10,
      itemHeight: 160,
      text: [`${formatNumber(top)} ${data.unit}`, "0"],
      textStyle: { color: colours.text },
      inRange: { color: [mix(colours.surface, colours.chart, 0.06), colours.chart] },
    },
    series: [{ type: "heatmap", data: data.cells.map((cell) => [cell.hour, 6 - cell.weekday, cell.value]), itemStyle: { borderColor: colours.surface, borderWidth: 1 } }],
  };
}

/** A line with caps and a square: the interval first, the estimate on it. */
function whisker(api: CustomSeriesRenderItemAPI, colour: string): object {
  const [left, y] = api.coord([api.value(0), api.value(2)]) as [number, number];
  const [right] = api.coord([api.value(1), api.value(2)]) as [number, number];
  const line = (x1: number, y1: number, x2: number, y2: number): object => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour, lineWidth: 2 } });
  return { type: "group", children: [line(left, y, right, y), line(left, y - 5, left, y + 5), line(right, y - 5, right, y + 5)] };
}

function bars(data: Bars, colours: Look): EChartsCoreOption {
  const rows = [...data.rows].reverse();
  const intervals = rows.flatMap((row, index) => (row.low != null && row.high != null ? [[row.low, row.high, index]] : []));
  return {
    ...base(colours),
    grid: { left: 8, right: 64, top: 16, bottom: 8, containLabel: true },
    tooltip: {
      ...(base(colours)["tooltip"] as object),
      formatter: ({ dataIndex, seriesType }: { dataIndex: number; seriesType: string }) => {
        const row = seriesType === "custom" ? rows[intervals[dataIndex]?.[2] ?? 0] : rows[dataIndex];
        if (!row) return "";
        const range = row.low != null && row.high != null ? ` [${said(row.low)}, ${said(row.high)}]` : "";
        return `${row.label}: ${said(row.value)}${range} ${data.unit}${row.n === undefined ? "" : `, n = ${formatNumber(row.n)}`}`;
      },
    },
    xAxis: axis(colours, { type: "value", name: data.unit, scale: false }),
    yAxis: axis(colours, { type: "category", data: rows.map((row) => row.label), splitLine: { show: false }, axisLine: { show: true, onZero: true, lineStyle: { color: token("control") } }, axisLabel: { color: token("text"), width: 200, overflow: "break" } }),
    series: [
      ...(intervals.length > 0
        ? [{ type: "custom", data: intervals, encode: { x: [0, 1], y: 2 }, z: 2, renderItem: (_params: CustomSeriesRenderItemParams, api: CustomSeriesRenderItemAPI) => whisker(api, colours.chart) }, { type: "scatter", symbol: "rect", symbolSize: 8, z: 3, data: rows.map((row, index) => [row.value, index]), itemStyle: { color: colours.chart, opacity: 1 } }]
        : [{ type: "bar", barMaxWidth: 16, data: rows.map((row) => row.value), itemStyle: { color: colours.chart } }]),
    ],
  };
}

/** The drawing for any of the chart kinds, in the colours of the page. */
export function optionsOf(data: ChartData): EChartsCoreOption {
  const colours = look();
  if (data.type === "trend") return trend(data, colours);
  if (data.type === "heatmap") return heatmap(data, colours);
  if (data.type === "bars") return bars(data, colours);
  throw new Error(`Unknown kind of chart “${String((data as { type: unknown }).type)}”. Known: trend, heatmap, bars.`);
}

/** One sentence for those who do not see the drawing; the table beside it holds the figures. */
export function sentenceOf(data: ChartData): string {
  const values = (data.type === "trend" ? data.points : data.type === "bars" ? data.rows : data.cells).map((row) => row.value).filter((value): value is number => value !== null);
  if (values.length === 0) return t("{title}: no figures yet.", { title: data.title });
  return t("{title}: {n} figures from {low} to {high} {unit}. The table holds them all.", { title: data.title, n: values.length, low: said(Math.min(...values)), high: said(Math.max(...values)), unit: data.unit });
}
