import forceAtlas2 from "graphology-layout-forceatlas2";

import { getJson } from "../../shared/http";
import { t } from "../../shared/words";
import { addRows, countsOf, emptyNetwork, isLaidOut, type Counts, type EdgeFacts, type Network, type NetworkData, type NodeFacts } from "./data";
import { History } from "./history";
import { hangingOn, shortestPath } from "./search";
import type { Show } from "./view";

interface Place {
  x: number;
  y: number;
}

/** The state of the canvas and everything that a user can do to it; draws nothing itself. */
export class Canvas {
  readonly network: Network = emptyNetwork();
  readonly show: Show = { chosen: new Set(), path: new Set(), minimum: 0, until: "" };
  readonly history: History;
  /** Called when nodes were added, before they are laid out: the drawing must know a node before it moves. */
  onGrown: () => void = () => undefined;

  constructor(
    data: NetworkData,
    private readonly expandSource: string | null,
    private readonly changed: (said?: string) => void,
  ) {
    this.history = new History(() => this.changed());
    addRows(this.network, data, { x: 0, y: 0, radius: 10 });
    if (!isLaidOut(data)) this.spread(250);
  }

  get canExpand(): boolean {
    return this.expandSource !== null;
  }

  facts(node: string): NodeFacts {
    return this.network.getNodeAttributes(node);
  }

  shownNodes(): string[] {
    return this.network.filterNodes((node, facts) => !facts.hidden && (this.show.minimum === 0 || this.network.degree(node) >= this.show.minimum));
  }

  choose(nodes: string[], add = false): void {
    if (!add) this.show.chosen.clear();
    for (const node of nodes) {
      if (add && nodes.length === 1 && this.show.chosen.has(node)) this.show.chosen.delete(node);
      else this.show.chosen.add(node);
    }
    if (!add) this.show.path.clear();
    this.changed();
  }

  hide(nodes: string[]): void {
    const shown = nodes.filter((node) => this.network.hasNode(node) && !this.facts(node).hidden);
    if (shown.length === 0) return;
    this.history.run({ label: t("hide {n}", { n: shown.length }), redo: () => this.setHidden(shown, true), undo: () => this.setHidden(shown, false) });
    for (const node of shown) this.show.chosen.delete(node);
    this.changed(t("{n} hidden. Undo brings them back.", { n: shown.length }));
  }

  showAll(): void {
    const hidden = this.network.filterNodes((_node, facts) => facts.hidden);
    if (hidden.length === 0) return;
    this.history.run({ label: t("show all"), redo: () => this.setHidden(hidden, false), undo: () => this.setHidden(hidden, true) });
  }

  collapse(node: string): void {
    const hanging = hangingOn(this.network, node);
    if (hanging.length > 0) this.hide(hanging);
    else this.changed(t("Nothing hangs on this one alone."));
  }

  pin(nodes: string[]): void {
    const pinned = nodes.every((node) => this.facts(node).pinned);
    const set = (value: boolean): void => {
      for (const node of nodes) this.network.mergeNodeAttributes(node, { pinned: value, fixed: value });
    };
    this.history.run({ label: pinned ? t("unpin") : t("pin"), redo: () => set(!pinned), undo: () => set(pinned) });
  }

  /** Remembers a drag, which already happened on the screen. */
  moved(node: string, from: Place, to: Place): void {
    this.history.run({
      label: t("move"),
      redo: () => this.network.mergeNodeAttributes(node, to),
      undo: () => this.network.mergeNodeAttributes(node, from),
    });
  }

  /** Lays out anew what is not pinned. */
  arrange(): void {
    const before = this.places();
    let after: Map<string, Place> | null = null;
    this.history.run({
      label: t("arrange"),
      redo: () => {
        if (after) this.setPlaces(after);
        else this.spread(200);
        after = this.places();
      },
      undo: () => this.setPlaces(before),
    });
  }

  /** The shortest way between the two chosen nodes. */
  path(): void {
    const [from, to] = [...this.show.chosen];
    if (!from || !to || this.show.chosen.size !== 2) {
      this.changed(t("Choose exactly two: click one, then the other with Shift."));
      return;
    }
    const found = shortestPath(this.network, from, to);
    this.show.path = new Set(found ?? []);
    if (!found) this.changed(t("No way between the two in what is shown here."));
    else this.changed(t("{n} steps: {names}", { n: found.length - 1, names: found.map((node) => this.facts(node).name).join(" → ") }));
  }

  async preview(node: string): Promise<Counts> {
    return countsOf(await getJson<unknown>(this.expandAddress(node, ["preview=1"])));
  }

  async expand(node: string, kinds: string[]): Promise<void> {
    const data = await getJson<NetworkData>(this.expandAddress(node, kinds.map((kind) => `kind=${encodeURIComponent(kind)}`)));
    const { x, y } = this.facts(node);
    const rows: NetworkData = { nodes: data.nodes.map((row) => ({ ...row, x: null, y: null })), edges: data.edges };
    let added = { nodes: [] as string[], edges: [] as string[] };
    this.history.run({
      label: t("expand"),
      redo: () => {
        added = addRows(this.network, rows, { x, y, radius: this.extent() * 0.12 });
        this.onGrown();
        this.settle(added.nodes);
      },
      undo: () => {
        for (const edge of added.edges) if (this.network.hasEdge(edge)) this.network.dropEdge(edge);
        for (const other of added.nodes) if (this.network.hasNode(other)) this.network.dropNode(other);
        for (const other of added.nodes) this.show.chosen.delete(other);
      },
    });
    this.changed(t("{nodes} nodes and {edges} links added.", { nodes: added.nodes.length, edges: added.edges.length }));
  }

  edgesOf(node: string): { edge: string; other: string; facts: EdgeFacts }[] {
    return this.network
      .mapEdges(node, (edge, facts, from, to) => ({ edge, other: from === node ? to : from, facts }))
      .filter(({ other }) => !this.facts(other).hidden);
  }

  private expandAddress(node: string, parts: string[]): string {
    if (!this.expandSource) throw new Error("The page gives no address to expand from.");
    const address = this.expandSource.replace("{id}", encodeURIComponent(node));
    return parts.length > 0 ? `${address}${address.includes("?") ? "&" : "?"}${parts.join("&")}` : address;
  }

  private setHidden(nodes: string[], hidden: boolean): void {
    for (const node of nodes) if (this.network.hasNode(node)) this.network.setNodeAttribute(node, "hidden", hidden);
  }

  private places(): Map<string, Place> {
    return new Map(this.network.mapNodes((node, { x, y }) => [node, { x, y }]));
  }

  private setPlaces(places: Map<string, Place>): void {
    for (const [node, place] of places) if (this.network.hasNode(node)) this.network.mergeNodeAttributes(node, place);
  }

  private extent(): number {
    const xs = this.network.mapNodes((_node, facts) => facts.x);
    return Math.max(1, Math.max(...xs) - Math.min(...xs));
  }

  private spread(iterations: number): void {
    if (this.network.order < 2) return;
    forceAtlas2.assign(this.network, { iterations, settings: { ...forceAtlas2.inferSettings(this.network), adjustSizes: false } });
  }

  /** Lets new nodes find their place while the known ones keep theirs: a picture that jumps is lost on its reader. */
  private settle(fresh: string[]): void {
    const free = new Set(fresh);
    this.network.updateEachNodeAttributes((node, facts) => ({ ...facts, fixed: !free.has(node) }), { attributes: ["fixed"] });
    this.spread(60);
    this.network.updateEachNodeAttributes((_node, facts) => ({ ...facts, fixed: facts.pinned }), { attributes: ["fixed"] });
  }
}
