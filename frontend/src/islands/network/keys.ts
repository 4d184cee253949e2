import { hasModifier, keyName } from "../../base/keyboard";
import type { Canvas } from "./canvas";
import { nearestTowards } from "./search";
import type { View } from "./view";

const DIRECTIONS: Record<string, { x: number; y: number }> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: 1 },
  ArrowDown: { x: 0, y: -1 },
};

/** Keys while the drawing has the focus; the panel beside it says what is chosen. */
export function listenToKeys(stage: HTMLElement, canvas: Canvas, view: View, expand: (node: string) => void): void {
  const current = (): string | undefined => [...canvas.show.chosen].at(-1);

  function go(node: string | null | undefined): void {
    if (!node) return;
    canvas.choose([node]);
    view.reveal(node);
  }

  function mostConnected(): string | undefined {
    return canvas.shownNodes().sort((a, b) => canvas.network.degree(b) - canvas.network.degree(a))[0];
  }

  function nextNeighbour(): string | undefined {
    const node = current();
    if (!node) return mostConnected();
    const others = canvas.shownNodes();
    return others[(others.indexOf(node) + 1) % others.length];
  }

  const acts: Record<string, (node: string) => void> = {
    E: expand,
    H: (node) => canvas.hide([node]),
    Delete: (node) => canvas.hide([node]),
    C: (node) => canvas.collapse(node),
    P: (node) => canvas.pin([node]),
  };

  stage.addEventListener("keydown", (event) => {
    const key = keyName(event);
    if ((event.ctrlKey || event.metaKey) && key === "Z") event.shiftKey ? canvas.history.redo() : canvas.history.undo();
    else if ((event.ctrlKey || event.metaKey) && key === "Y") canvas.history.redo();
    else if (hasModifier(event)) return;
    else if (DIRECTIONS[key]) go(current() ? nearestTowards(canvas.network, current() as string, DIRECTIONS[key]) : mostConnected());
    else if (key === "N") go(nextNeighbour());
    else if (key === "+" || key === "=") view.zoom(1 / 1.4);
    else if (key === "-") view.zoom(1.4);
    else if (key === "0") view.fit();
    else if (key === "Escape") canvas.choose([]);
    else if (acts[key] && current()) acts[key](current() as string);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}
