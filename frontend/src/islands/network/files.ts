import { el, icon } from "../../shared/dom";
import { csrfToken } from "../../shared/http";
import { t } from "../../shared/words";
import { toast } from "../../base/toast";
import type { Canvas } from "./canvas";
import { lookOf } from "./kinds";
import type { View } from "./view";
import { token } from "../../shared/colours";

type Format = "png" | "svg" | "graphml";

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** The network as GraphML: nodes and links that are shown, with what the canvas knows of them. */
export function graphml(canvas: Canvas): string {
  const nodes = canvas.shownNodes();
  const shown = new Set(nodes);
  const keys = ["label", "kind", "ref", "confirmation", "sources"].map((key) => `<key id="${key}" for="all" attr.name="${key}" attr.type="string"/>`);
  const data = (key: string, value: string | number): string => `<data key="${key}">${escape(String(value))}</data>`;
  const nodeRows = nodes.map((node) => {
    const { name, kind, ref } = canvas.facts(node);
    return `<node id="${escape(node)}">${data("label", name)}${data("kind", kind)}${data("ref", ref)}</node>`;
  });
  const edgeRows = canvas.network
    .filterEdges((_edge, _facts, from, to) => shown.has(from) && shown.has(to))
    .map((edge) => {
      const [from, to] = canvas.network.extremities(edge);
      const { name, confirmation, sources } = canvas.network.getEdgeAttributes(edge);
      return `<edge id="${escape(edge)}" source="${escape(from)}" target="${escape(to)}">${data("label", name)}${data("confirmation", confirmation)}${data("sources", sources)}</edge>`;
    });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n${[...keys, '<graph edgedefault="undirected">', ...nodeRows, ...edgeRows, "</graph>"].join("\n")}\n</graphml>\n`;
}

const DASH = { confirmed: "", probable: ' stroke-dasharray="9 6"', unconfirmed: ' stroke-dasharray="2.5 4.5"' };

/** The picture as it is seen now, as SVG for a document. */
export function svgPicture(canvas: Canvas, view: View): string {
  const { width, height } = view.sigma.getDimensions();
  const shown = new Set(canvas.shownNodes());
  const place = (node: string): { x: number; y: number } => view.sigma.graphToViewport(canvas.facts(node));
  const lines = canvas.network
    .filterEdges((_edge, _facts, from, to) => shown.has(from) && shown.has(to))
    .map((edge) => {
      const [a, b] = canvas.network.extremities(edge).map(place) as [{ x: number; y: number }, { x: number; y: number }];
      const { confirmation } = canvas.network.getEdgeAttributes(edge);
      return `<line x1="${a.x.toFixed(1)}" y1="${a.y.toFixed(1)}" x2="${b.x.toFixed(1)}" y2="${b.y.toFixed(1)}" stroke="#7d8892" stroke-width="1.5"${DASH[confirmation]}/>`;
    });
  const dots = [...shown].map((node) => {
    const { x, y } = place(node);
    const { name, kind } = canvas.facts(node);
    return `<circle cx="${x.toFixed(1)}" cy="${y.toFixed(1)}" r="6" fill="${token(lookOf(kind).colour)}"/><text x="${(x + 9).toFixed(1)}" y="${(y + 4).toFixed(1)}">${escape(name)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="Inter, sans-serif" font-size="12">\n${[...lines, ...dots].join("\n")}\n</svg>\n`;
}

async function pngPicture(view: View): Promise<Blob> {
  const layers = view.sigma.getCanvases();
  const first = Object.values(layers)[0];
  if (!first) throw new Error("The drawing has no layer to save.");
  const whole = document.createElement("canvas");
  whole.width = first.width;
  whole.height = first.height;
  const context = whole.getContext("2d");
  if (!context) throw new Error("The browser gives no canvas to draw the file on.");
  context.fillStyle = token("surface");
  context.fillRect(0, 0, whole.width, whole.height);
  // WebGL layers lose their pixels after a frame: they are drawn again right before they are copied.
  view.sigma.scheduleRender();
  await new Promise<void>((resolve) => view.sigma.once("afterRender", () => resolve()));
  for (const layer of Object.values(layers)) context.drawImage(layer, 0, 0);
  return new Promise((resolve, reject) => whole.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The browser could not make the file.")))));
}

/** An export leaves the system: the server records it first, and a refusal stops it. */
async function recordExport(address: string, format: Format, canvas: Canvas): Promise<void> {
  const response = await fetch(address, {
    method: "POST",
    credentials: "same-origin",
    headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() ?? "" },
    body: JSON.stringify({ format, nodes: canvas.shownNodes() }),
  });
  if (!response.ok) throw new Error(`${response.status} ${response.statusText}`);
}

async function save(format: Format, address: string, canvas: Canvas, view: View): Promise<void> {
  try {
    await recordExport(address, format, canvas);
    const blob = format === "png" ? await pngPicture(view) : new Blob([format === "svg" ? svgPicture(canvas, view) : graphml(canvas)], { type: format === "svg" ? "image/svg+xml" : "application/xml" });
    const link = el("a", { href: URL.createObjectURL(blob), download: `network.${format}` });
    link.click();
    URL.revokeObjectURL(link.href);
  } catch (error) {
    toast(t("No file was made: {reason}", { reason: error instanceof Error ? error.message : String(error) }), "error");
  }
}

/** Buttons for files; only where the page names the address that records an export. */
export function buildExport(address: string, canvas: Canvas, view: View): HTMLElement[] {
  return (["png", "svg", "graphml"] satisfies Format[]).map((format) => {
    const made = el("button", { type: "button", class: "btn sm" }, icon("download"), format.toUpperCase());
    made.addEventListener("click", () => void save(format, address, canvas, view));
    return made;
  });
}

/** Sends positions, pins and what is hidden to the server, which keeps them with the chart. */
export function buildLayoutSave(address: string, canvas: Canvas): HTMLElement {
  const made = el("button", { type: "button", class: "btn sm" }, icon("device-floppy"), t("Save layout"));
  made.addEventListener("click", () => {
    const nodes = canvas.network.mapNodes((id, { x, y, pinned, hidden }) => ({ id, x, y, pinned, hidden }));
    fetch(address, {
      method: "POST",
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": csrfToken() ?? "" },
      body: JSON.stringify({ nodes }),
    })
      .then((response) => toast(response.ok ? t("Layout saved.") : t("Layout not saved: {reason}", { reason: String(response.status) }), response.ok ? "success" : "error"))
      .catch((error: unknown) => toast(t("Layout not saved: {reason}", { reason: String(error) }), "error"));
  });
  return made;
}
