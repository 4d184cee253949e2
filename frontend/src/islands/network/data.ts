import Graph from "graphology";

import { t } from "../../shared/words";

export type Confirmation = "confirmed" | "probable" | "unconfirmed";

export interface NodeRow {
  id: string | number;
  ref?: string;
  kind: string;
  label: string;
  x?: number | null;
  y?: number | null;
  url?: string | null;
  degree?: number;
}

export interface EdgeRow {
  id: string | number;
  from: string | number;
  to: string | number;
  kind?: string;
  label?: string;
  confirmation?: string;
  sources?: number;
  grade?: string;
  start?: string | null;
  end?: string | null;
}

export interface NetworkData {
  nodes: NodeRow[];
  edges: EdgeRow[];
}

export interface NodeFacts {
  x: number;
  y: number;
  kind: string;
  name: string;
  ref: string;
  url: string;
  total: number;
  pinned: boolean;
  hidden: boolean;
  fixed: boolean;
}

export interface EdgeFacts {
  kind: string;
  name: string;
  confirmation: Confirmation;
  sources: number;
  grade: string;
  start: string;
  end: string;
}

export type Network = Graph<NodeFacts, EdgeFacts>;

/** Anything that does not claim to be confirmed or probable is drawn as unconfirmed. */
export function confirmationOf(text: string | undefined): Confirmation {
  return text === "confirmed" || text === "probable" ? text : "unconfirmed";
}

export function confirmationWord(confirmation: Confirmation): string {
  if (confirmation === "confirmed") return t("confirmed");
  return confirmation === "probable" ? t("probable") : t("unconfirmed");
}

export function emptyNetwork(): Network {
  return new Graph<NodeFacts, EdgeFacts>({ multi: true, type: "undirected" });
}

function placed(row: NodeRow): boolean {
  return Number.isFinite(row.x ?? Number.NaN) && Number.isFinite(row.y ?? Number.NaN);
}

/** Adds what is not there yet; `around` is where nodes without a position appear. Returns the ids that are new. */
export function addRows(network: Network, data: NetworkData, around: { x: number; y: number; radius: number }): { nodes: string[]; edges: string[] } {
  const nodes: string[] = [];
  const edges: string[] = [];
  const fresh = data.nodes.filter((row) => !network.hasNode(String(row.id)));
  fresh.forEach((row, index) => {
    // The golden angle spreads any number of nodes evenly and gives the same picture every time.
    const angle = index * 2.399963;
    const distance = around.radius * Math.sqrt((index + 1) / fresh.length);
    network.addNode(String(row.id), {
      x: placed(row) ? (row.x as number) : around.x + distance * Math.cos(angle),
      y: placed(row) ? (row.y as number) : around.y + distance * Math.sin(angle),
      kind: row.kind,
      name: row.label,
      ref: row.ref ?? "",
      url: row.url ?? "",
      total: row.degree ?? 0,
      pinned: false,
      hidden: false,
      fixed: false,
    });
    nodes.push(String(row.id));
  });
  for (const row of data.edges) {
    const [id, from, to] = [String(row.id), String(row.from), String(row.to)];
    if (network.hasEdge(id) || !network.hasNode(from) || !network.hasNode(to)) continue;
    network.addEdgeWithKey(id, from, to, {
      kind: row.kind ?? "",
      name: row.label ?? row.kind ?? "",
      confirmation: confirmationOf(row.confirmation),
      sources: row.sources ?? 0,
      grade: row.grade ?? "",
      start: row.start ?? "",
      end: row.end ?? "",
    });
    edges.push(id);
  }
  return { nodes, edges };
}

/** True when the server laid the graph out: then no layout runs here. */
export function isLaidOut(data: NetworkData): boolean {
  return data.nodes.length > 0 && data.nodes.every(placed);
}

export type Counts = Record<string, number>;

/** Reads the preview of an expansion in any of the shapes that the API may give it. */
export function countsOf(answer: unknown): Counts {
  const body = (answer as { counts?: unknown }).counts ?? answer;
  if (Array.isArray(body)) {
    return Object.fromEntries((body as { kind: string; count?: number; n?: number }[]).map((row) => [row.kind, row.count ?? row.n ?? 0]));
  }
  return Object.fromEntries(Object.entries(body as Record<string, unknown>).filter((pair): pair is [string, number] => typeof pair[1] === "number"));
}
