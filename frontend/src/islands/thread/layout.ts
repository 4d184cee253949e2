/** Rooms of the process in their order: a layer of the drawing each. */
export const ROOMS = ["direction", "collection", "evaluation", "collation", "analysis", "dissemination", "tasking", "review"] as const;

export interface ThreadNode {
  id: string | number;
  room?: string;
  kind: string;
  ref?: string;
  label: string;
  url?: string | null;
  here?: boolean;
  /** `taint`: rests on something that proved false; `todo`: not there yet. */
  state?: "taint" | "todo" | "";
}

export interface ThreadEdge {
  from: string | number;
  to: string | number;
  label?: string;
  taint?: boolean;
}

export interface ThreadData {
  nodes: ThreadNode[];
  edges: ThreadEdge[];
}

export interface Placed extends ThreadNode {
  layer: number;
  x: number;
  y: number;
}

export interface Layout {
  nodes: Map<string, Placed>;
  layers: { name: string; x: number }[];
  width: number;
  height: number;
}

export const BOX = { width: 200, height: 44, gapX: 64, gapY: 16, top: 36, left: 12 };

const WITHIN_ROOM = 100;

/** Layer of a node: its room, and inside a room one further than what it came from; without a room only the latter. */
function layersOf({ nodes, edges }: ThreadData): Map<string, number> {
  const layers = new Map<string, number>();
  const rooms = new Map(nodes.map((node) => [String(node.id), (ROOMS as readonly string[]).indexOf(node.room ?? "")]));
  const before = new Map<string, string[]>();
  for (const { from, to } of edges) before.set(String(to), [...(before.get(String(to)) ?? []), String(from)]);
  const visit = (id: string, trail: Set<string>): number => {
    const known = layers.get(id);
    if (known !== undefined) return known;
    const room = rooms.get(id) ?? -1;
    // A lesson that calls a requirement closes a circle; the circle is cut where it is met again.
    const earlier = (before.get(id) ?? []).filter((other) => !trail.has(other) && (room < 0 || rooms.get(other) === room));
    const furthest = Math.max(-1, ...earlier.map((other) => visit(other, new Set([...trail, id]))));
    const layer = Math.max(room * WITHIN_ROOM, furthest + 1);
    layers.set(id, layer);
    return layer;
  };
  for (const node of nodes) visit(String(node.id), new Set());
  return layers;
}

/** Orders each layer by the mean place of its neighbours, a few sweeps in both directions: fewer crossings. */
function order(columns: string[][], edges: ThreadEdge[]): void {
  const neighbours = new Map<string, string[]>();
  for (const { from, to } of edges) {
    neighbours.set(String(from), [...(neighbours.get(String(from)) ?? []), String(to)]);
    neighbours.set(String(to), [...(neighbours.get(String(to)) ?? []), String(from)]);
  }
  for (let sweep = 0; sweep < 6; sweep += 1) {
    const place = new Map(columns.flatMap((column) => column.map((id, index) => [id, (index + 0.5) / column.length] as const)));
    const mean = (id: string): number => {
      const places = (neighbours.get(id) ?? []).map((other) => place.get(other) ?? 0.5);
      return places.length > 0 ? places.reduce((sum, value) => sum + value, 0) / places.length : (place.get(id) ?? 0.5);
    };
    for (const column of sweep % 2 === 0 ? columns : [...columns].reverse()) {
      const means = new Map(column.map((id) => [id, mean(id)]));
      column.sort((a, b) => (means.get(a) ?? 0) - (means.get(b) ?? 0));
      column.forEach((id, index) => place.set(id, (index + 0.5) / column.length));
    }
  }
}

/** Places for a left-to-right drawing: past left, future right, one column a step of the process. */
export function layout(data: ThreadData): Layout {
  const layers = layersOf(data);
  const used = [...new Set(layers.values())].sort((a, b) => a - b);
  const columns = used.map((layer) => data.nodes.map((node) => String(node.id)).filter((id) => layers.get(id) === layer));
  order(columns, data.edges);
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  const height = BOX.top + tallest * (BOX.height + BOX.gapY);
  const byId = new Map(data.nodes.map((node) => [String(node.id), node]));
  const nodes = new Map<string, Placed>();
  columns.forEach((column, index) => {
    const start = BOX.top + ((tallest - column.length) * (BOX.height + BOX.gapY)) / 2;
    column.forEach((id, at) => {
      nodes.set(id, { ...(byId.get(id) as ThreadNode), layer: used[index] as number, x: BOX.left + index * (BOX.width + BOX.gapX), y: start + at * (BOX.height + BOX.gapY) });
    });
  });
  const names = columns
    .map((column, index) => ({ name: byId.get(column[0] ?? "")?.room ?? "", x: BOX.left + index * (BOX.width + BOX.gapX) }))
    .filter(({ name }, index, all) => name !== all[index - 1]?.name);
  return { nodes, layers: names, width: BOX.left * 2 + columns.length * BOX.width + (columns.length - 1) * BOX.gapX, height };
}
