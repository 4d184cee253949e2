import { el, icon } from "../../shared/dom";
import { hasWebGL, islandData } from "../../shared/source";
import { t } from "../../shared/words";
import { Canvas } from "./canvas";
import type { NetworkData } from "./data";
import { buildExport, buildLayoutSave } from "./files";
import { listenToKeys } from "./keys";
import { Panel } from "./panel";
import { Pointer } from "./pointer";
import { buildLegend, buildTools } from "./tools";
import { View } from "./view";

function say(element: HTMLElement, name: string, title: string, text: string): void {
  element.replaceChildren(el("div", { class: "state", role: "status" }, icon(name), el("b", {}, title), el("p", {}, text)));
}

/** Draws the network of the element's source; without WebGL it says so and leaves the table. */
export async function mount(element: HTMLElement): Promise<void> {
  if (!hasWebGL()) {
    say(element, "info-circle", t("This browser cannot draw the network (no WebGL)."), t("The table says the same."));
    return;
  }
  const data = await islandData<NetworkData>(element);
  if (data.nodes.length === 0) {
    say(element, "affiliate", t("Nothing to draw yet."), t("Record a link or a statement that names a second entity."));
    return;
  }

  const status = el("p", { class: "island-status", role: "status", "aria-live": "polite" });
  const stage = el("div", {
    class: element.dataset["height"] === "tall" ? "island-stage tall" : "island-stage",
    tabindex: 0,
    role: "application",
    "aria-roledescription": t("network drawing"),
    "aria-label": element.getAttribute("aria-label") ?? t("Network. Arrows walk, E expands, H hides, C collapses, P pins, 0 fits; the table says the same."),
  });
  let ready = false;
  const canvas: Canvas = new Canvas(data, element.dataset["expand"] ?? null, (said) => {
    if (ready) update(said);
  });

  element.replaceChildren();
  const side = el("div", { class: "network-body" }, stage);
  element.append(side);
  const view = new View(stage, canvas.network, canvas.show);
  canvas.onGrown = () => view.recolour();
  const panel = new Panel(canvas, (node) => view.reveal(node));
  const pointer = new Pointer(stage, canvas, view);
  const tools = buildTools(canvas, view, () => update(), (on) => {
    pointer.lassoIsOn = on;
  });
  if (element.dataset["save"]) tools.element.append(buildLayoutSave(element.dataset["save"], canvas));
  if (element.dataset["export"]) tools.element.append(...buildExport(element.dataset["export"], canvas, view));
  let legend = buildLegend(canvas);

  function update(said?: string): void {
    view.recolour();
    panel.update();
    tools.update();
    const fresh = buildLegend(canvas);
    fresh.append(status);
    legend.replaceWith(fresh);
    legend = fresh;
    const [only] = canvas.show.chosen;
    if (said) status.textContent = said;
    else if (canvas.show.chosen.size === 1 && only) status.textContent = canvas.facts(only).name;
    element.dispatchEvent(new CustomEvent("openilp:network", { bubbles: true, detail: { chosen: [...canvas.show.chosen] } }));
  }

  function expand(node: string): void {
    void panel.askExpand(node);
  }

  legend.append(status);
  element.prepend(tools.element);
  side.append(panel.element);
  element.append(legend);
  listenToKeys(stage, canvas, view, expand);
  stage.addEventListener("openilp:expand", (event) => expand((event as CustomEvent<{ node: string }>).detail.node));
  ready = true;
  view.sigma.resize();
  view.refresh();
}
