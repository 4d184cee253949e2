import type { Network } from "./data";

/** The shortest path between two nodes over what is shown, as its node ids; null when there is none. */
export function shortestPath(network: Network, from: string, to: string): string[] | null {
  const before = new Map<string, string | null>([[from, null]]);
  let front = [from];
  while (front.length > 0 && !before.has(to)) {
    const next: string[] = [];
    for (const node of front) {
      for (const other of network.neighbors(node)) {
        if (before.has(other) || network.getNodeAttribute(other, "hidden")) continue;
        before.set(other, node);
        next.push(other);
      }
    }
    front = next;
  }
  if (!before.has(to)) return null;
  const path: string[] = [];
  for (let node: string | null | undefined = to; node; node = before.get(node)) path.unshift(node);
  return path;
}

/** Neighbours that hang on this node alone: collapsing it hides them. */
export function hangingOn(network: Network, node: string): string[] {
  return network.neighbors(node).filter((other) => {
    if (network.getNodeAttribute(other, "hidden")) return false;
    return network.neighbors(other).every((third) => third === node || third === other || network.getNodeAttribute(third, "hidden"));
  });
}

/** The nearest shown node in a direction, by angle first and distance second; null at the rim. */
export function nearestTowards(network: Network, from: string, direction: { x: number; y: number }): string | null {
  const here = network.getNodeAttributes(from);
  let best: string | null = null;
  let cost = Infinity;
  network.forEachNode((node, facts) => {
    if (node === from || facts.hidden) return;
    const [dx, dy] = [facts.x - here.x, facts.y - here.y];
    const distance = Math.hypot(dx, dy);
    const along = dx * direction.x + dy * direction.y;
    if (along <= 0.3 * distance) return;
    const aside = distance - along;
    if (distance + 2 * aside < cost) {
      cost = distance + 2 * aside;
      best = node;
    }
  });
  return best;
}

/** Whether a point lies inside a polygon (even-odd rule). */
export function isInside(point: { x: number; y: number }, polygon: { x: number; y: number }[]): boolean {
  let inside = false;
  polygon.forEach((corner, index) => {
    const before = polygon.at(index - 1) as { x: number; y: number };
    if (corner.y > point.y === before.y > point.y) return;
    if (point.x < ((before.x - corner.x) * (point.y - corner.y)) / (before.y - corner.y) + corner.x) inside = !inside;
  });
  return inside;
}
