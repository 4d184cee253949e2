import { svg } from "../../shared/dom";
import type { Canvas } from "./canvas";
import { motion } from "./programs";
import { isInside } from "./search";
import type { View } from "./view";

interface Place {
  x: number;
  y: number;
}

/** Clicks choose, Shift adds, dragging a node moves it, the lasso chooses what it encloses. */
export class Pointer {
  private dragged: { node: string; from: Place; moved: boolean } | null = null;
  private lasso: Place[] | null = null;
  private readonly outline = svg("polygon", { class: "network-lasso" });
  private readonly overlay = svg("svg", { class: "island-overlay", "aria-hidden": "true" }, this.outline);
  lassoIsOn = false;

  constructor(
    private readonly stage: HTMLElement,
    private readonly canvas: Canvas,
    private readonly view: View,
  ) {
    stage.append(this.overlay);
    this.listen();
    this.listenLasso();
  }

  private listen(): void {
    const { sigma } = this.view;
    const captor = sigma.getMouseCaptor();
    sigma.on("clickNode", ({ node, event }) => this.canvas.choose([node], event.original.shiftKey));
    sigma.on("clickStage", () => {
      if (!this.lassoIsOn) this.canvas.choose([]);
    });
    sigma.on("doubleClickNode", ({ node, event }) => {
      event.preventSigmaDefault();
      this.canvas.choose([node]);
      this.stage.dispatchEvent(new CustomEvent("openilp:expand", { detail: { node } }));
    });
    sigma.on("downNode", ({ node }) => {
      const { x, y } = this.canvas.facts(node);
      this.dragged = { node, from: { x, y }, moved: false };
      if (!sigma.getCustomBBox()) sigma.setCustomBBox(sigma.getBBox());
    });
    captor.on("mousemovebody", (event) => {
      if (!this.dragged) return;
      const place = sigma.viewportToGraph(event);
      this.canvas.network.mergeNodeAttributes(this.dragged.node, place);
      this.dragged.moved = true;
      motion.node = true;
      event.preventSigmaDefault();
      event.original.preventDefault();
      event.original.stopPropagation();
    });
    captor.on("mouseup", () => {
      if (this.dragged?.moved) {
        const { x, y } = this.canvas.facts(this.dragged.node);
        this.canvas.moved(this.dragged.node, this.dragged.from, { x, y });
      }
      this.dragged = null;
      if (!motion.node) return;
      motion.node = false;
      sigma.scheduleRender();
    });
  }

  private place(event: PointerEvent): Place {
    const box = this.stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  }

  private listenLasso(): void {
    this.stage.addEventListener("pointerdown", (event) => {
      if (!this.lassoIsOn) return;
      this.lasso = [this.place(event)];
      this.view.sigma.setSetting("enableCameraPanning", false);
    }, true);
    this.stage.addEventListener("pointermove", (event) => {
      if (!this.lasso) return;
      this.lasso.push(this.place(event));
      this.outline.setAttribute("points", this.lasso.map(({ x, y }) => `${x},${y}`).join(" "));
    }, true);
    addEventListener("pointerup", () => this.closeLasso());
  }

  private closeLasso(): void {
    if (!this.lasso) return;
    const polygon = this.lasso;
    this.lasso = null;
    this.outline.removeAttribute("points");
    this.view.sigma.setSetting("enableCameraPanning", true);
    if (polygon.length < 3) return;
    const inside = this.canvas.shownNodes().filter((node) => isInside(this.view.sigma.graphToViewport(this.canvas.facts(node)), polygon));
    // The click that ends the drag clears the choice; the lasso's own choice comes after it.
    setTimeout(() => this.canvas.choose(inside));
  }
}
