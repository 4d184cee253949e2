import Sigma from "sigma";

import { mix, onThemeChange, token } from "../../shared/colours";
import { frameMeter } from "../../shared/frames";
import type { EdgeFacts, Network, NodeFacts } from "./data";
import { kindWord, lookOf } from "./kinds";
import { edgePrograms, motion, nodePrograms } from "./programs";
import { drawsInSoftware, slideWhileMoving } from "./sliding";

/** What the user sees of the network apart from its nodes: choice, filters, way. */
export interface Show {
  chosen: Set<string>;
  path: Set<string>;
  minimum: number;
  until: string;
}

interface Palette {
  text: string;
  dim: string;
  line: string;
  faint: string;
  accent: string;
  surface: string;
  font: string;
  kinds: Map<string, string>;
}

function palette(network: Network): Palette {
  const kinds = new Map<string, string>();
  network.forEachNode((_node, { kind }) => {
    if (!kinds.has(kind)) kinds.set(kind, token(lookOf(kind).colour));
  });
  const surface = token("surface");
  return {
    text: token("text"),
    dim: token("text-2"),
    line: token("control"),
    faint: mix(token("control"), surface, 0.7),
    accent: token("accent"),
    surface,
    font: `500 12px ${token("font") || "sans-serif"}`,
    kinds,
  };
}

const MANY_LINKS = 400;

/** The network on the screen: sigma with our shapes, dashes, labels and colours. */
export class View {
  readonly sigma: Sigma<NodeFacts, EdgeFacts>;
  private colours: Palette;
  /** Pixels; unknown while sigma draws for the first time. */
  private stageWidth = Number.POSITIVE_INFINITY;
  private readonly measured = frameMeter("network");

  constructor(
    stage: HTMLElement,
    private readonly network: Network,
    private readonly show: Show,
  ) {
    this.colours = palette(network);
    const spare = network.size > MANY_LINKS && drawsInSoftware();
    this.sigma = new Sigma<NodeFacts, EdgeFacts>(network, stage, {
      nodeProgramClasses: nodePrograms(),
      edgeProgramClasses: edgePrograms(),
      nodeReducer: (node, facts) => this.nodeLook(node, facts),
      edgeReducer: (edge, facts) => this.edgeLook(edge, facts),
      defaultDrawNodeLabel: (context, data) => this.drawLabel(context, data),
      defaultDrawNodeHover: (context, data) => this.drawLabel(context, data, true),
      labelFont: token("font") || "sans-serif",
      labelSize: 12,
      labelWeight: "500",
      labelDensity: 0.35,
      labelGridCellSize: 140,
      labelRenderedSizeThreshold: 5,
      renderEdgeLabels: false,
      zIndex: true,
      minEdgeThickness: 1.4,
      stagePadding: 40,
      minCameraRatio: 0.02,
      maxCameraRatio: 4,
      enableCameraRotation: false,
      allowInvalidContainer: true,
    });
    this.sigma.on("resize", () => this.measureStage());
    this.measureStage();
    this.askLess();
    this.dropIdleLayers();
    this.watchMotion();
    this.sigma.on("afterRender", this.measured);
    if (spare) slideWhileMoving(this.sigma, this.measured);
    onThemeChange(() => this.recolour());
    // Canvas text is drawn with whatever font is there at that moment.
    void document.fonts.ready.then(() => this.refresh());
  }

  private measureStage(): void {
    this.stageWidth = this.sigma.getDimensions().width;
  }

  /** Layers that stay empty here still cost a machine without a GPU time in every frame. */
  private dropIdleLayers(): void {
    const layers = this.sigma.getCanvases();
    for (const name of ["edgeLabels", "hoverNodes"]) layers[name]?.classList.add("idle-layer");
    // It takes the pointer but never holds a picture: unseen, it need not be laid over the others.
    layers["mouse"]?.classList.add("unseen-layer");
    this.sigma.on("enterNode", () => this.showHovers(true));
    this.sigma.on("leaveNode", () => this.showHovers(false));
    this.showHovers(false);
  }

  private showHovers(pointed: boolean): void {
    this.sigma.getCanvases()["hovers"]?.classList.toggle("unseen-layer", !pointed && this.show.chosen.size === 0);
  }

  /** Asking the graphics memory what lies under the pointer stops a machine without a GPU: not while the view moves. */
  private askLess(): void {
    const asked = this.sigma as unknown as { getNodeAtPosition: (place: { x: number; y: number }) => string | null };
    const ask = asked.getNodeAtPosition.bind(this.sigma);
    asked.getNodeAtPosition = (place) => (motion.view || motion.node ? null : ask(place));
  }

  private watchMotion(): void {
    let timer = 0;
    this.sigma.getCamera().on("updated", () => {
      motion.view = true;
      clearTimeout(timer);
      timer = window.setTimeout(() => {
        motion.view = false;
        this.sigma.scheduleRender();
      }, 150);
    });
  }

  recolour(): void {
    this.colours = palette(this.network);
    this.showHovers(false);
    this.refresh();
  }

  refresh(): void {
    this.sigma.refresh({ skipIndexation: false });
  }

  fit(): void {
    void this.sigma.getCamera().animatedReset({ duration: this.duration });
  }

  zoom(factor: number): void {
    const camera = this.sigma.getCamera();
    void camera.animate({ ratio: camera.ratio * factor }, { duration: this.duration });
  }

  /** Brings a node into the middle unless it is well in view. */
  reveal(node: string): void {
    const data = this.sigma.getNodeDisplayData(node);
    if (!data) return;
    const place = this.sigma.framedGraphToViewport(data);
    const { width, height } = this.sigma.getDimensions();
    const inside = place.x > 60 && place.y > 40 && place.x < width - 160 && place.y < height - 40;
    if (!inside) void this.sigma.getCamera().animate({ x: data.x, y: data.y }, { duration: this.duration });
  }

  private get duration(): number {
    return matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 200;
  }

  private isShown(node: string, facts: NodeFacts): boolean {
    return !facts.hidden && (this.show.minimum === 0 || this.network.degree(node) >= this.show.minimum);
  }

  private nodeLook(node: string, facts: NodeFacts): Record<string, unknown> {
    const chosen = this.show.chosen.has(node);
    const marked = chosen || this.show.path.has(node);
    const { shape } = lookOf(facts.kind);
    const size = 5 + Math.min(7, Math.sqrt(this.network.degree(node)));
    return {
      ...facts,
      hidden: !this.isShown(node, facts),
      type: shape,
      size: (shape === "circle" ? size : size * 1.2) + (marked ? 2 : 0),
      color: chosen ? this.colours.accent : (this.colours.kinds.get(facts.kind) ?? this.colours.dim),
      label: `${facts.name}${chosen ? `, ${kindWord(facts.kind)}` : ""}${facts.pinned ? " ◆" : ""}`,
      forceLabel: marked,
      highlighted: chosen,
      zIndex: marked ? 2 : 0,
    };
  }

  private edgeLook(edge: string, facts: EdgeFacts): Record<string, unknown> {
    const [from, to] = this.network.extremities(edge);
    const onPath = this.show.path.has(from) && this.show.path.has(to);
    const touched = this.show.chosen.has(from) || this.show.chosen.has(to);
    const late = this.show.until !== "" && facts.start !== "" && facts.start > this.show.until;
    return {
      ...facts,
      hidden: late,
      type: facts.confirmation,
      size: onPath ? 3.5 : 1.2 + Math.min(2, facts.sources * 0.3),
      color: onPath || touched ? this.colours.accent : this.show.chosen.size > 0 ? this.colours.faint : this.colours.line,
      zIndex: onPath || touched ? 1 : 0,
    };
  }

  private drawLabel(context: CanvasRenderingContext2D, data: { x: number; y: number; size: number; label?: string | null }, ring = false): void {
    if (!data.label) return;
    context.font = this.colours.font;
    if (ring) {
      context.beginPath();
      context.arc(data.x, data.y, data.size + 3, 0, Math.PI * 2);
      context.lineWidth = 2;
      context.strokeStyle = this.colours.accent;
      context.stroke();
    }
    // At the right edge the words stand to the left of their node, so that none is cut.
    const [away, width] = [data.size + 4, context.measureText(data.label).width];
    const isCut = data.x + away + width > this.stageWidth && data.x > away + width;
    const [x, y] = [isCut ? data.x - away - width : data.x + away, data.y + 4];
    // A halo of the ground keeps the words readable over lines.
    context.lineWidth = 3;
    context.lineJoin = "round";
    context.strokeStyle = this.colours.surface;
    context.strokeText(data.label, x, y);
    context.fillStyle = this.colours.text;
    context.fillText(data.label, x, y);
  }
}
