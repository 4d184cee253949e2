/** What the API says for a chart. A missing value is null: the line has a gap there, it never falls to zero. */

export interface Trend {
  type: "trend";
  title: string;
  unit: string;
  points: { period: string; value: number | null; low?: number | null; high?: number | null }[];
  expected?: { period: string; value: number | null; low?: number | null; high?: number | null }[];
}

export interface Heatmap {
  type: "heatmap";
  title: string;
  unit: string;
  /** weekday 0 is Monday. */
  cells: { weekday: number; hour: number; value: number }[];
}

export interface Bars {
  type: "bars";
  title: string;
  unit: string;
  rows: { label: string; value: number | null; low?: number | null; high?: number | null; n?: number }[];
}

export type ChartData = Trend | Heatmap | Bars;
