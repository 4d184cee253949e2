import { el, icon, sameOriginAddress, svg } from "../../shared/dom";
import { islandData } from "../../shared/source";
import { t } from "../../shared/words";
import { BOX, layout, type Placed, type ThreadData } from "./layout";

const LETTERS = 28;

function roomWord(room: string): string {
  const words: Record<string, string> = {
    direction: t("Direction"),
    collection: t("Collection"),
    evaluation: t("Evaluation"),
    collation: t("Collation"),
    analysis: t("Analysis"),
    dissemination: t("Dissemination"),
    tasking: t("Tasking"),
    review: t("Review"),
  };
  return words[room] ?? room;
}

function cut(text: string): string {
  const letters = [...text];
  return letters.length > LETTERS ? `${letters.slice(0, LETTERS - 1).join("")}…` : text;
}

function stateWord(node: Placed): string {
  if (node.state === "taint") return t("rests on something that proved false");
  return node.state === "todo" ? t("not there yet") : "";
}

function box(node: Placed): SVGElement {
  const address = sameOriginAddress(node.url);
  const full = [node.kind, node.ref, node.label, stateWord(node)].filter(Boolean).join(", ");
  const classes = ["node", node.here ? "here" : "", node.state ?? ""].filter(Boolean).join(" ");
  const parts = [
    svg("title", {}, full),
    svg("rect", { x: node.x, y: node.y, width: BOX.width, height: BOX.height, rx: 2 }),
    svg("text", { x: node.x + 8, y: node.y + 18 }, cut(`${node.kind} ${node.ref ?? ""}`.trim())),
    svg("text", { x: node.x + 8, y: node.y + 35, class: "sub" }, cut(stateWord(node) || node.label)),
  ];
  // A link is named by what it shows and by its title: a label of its own would say the same in other words.
  return address ? svg("a", { href: address, class: classes }, ...parts) : svg("g", { class: classes, role: "img", "aria-label": full }, ...parts);
}

function wire(from: Placed, to: Placed, taint: boolean): SVGElement {
  const forward = to.x > from.x;
  const [x1, x2] = forward ? [from.x + BOX.width, to.x] : [from.x + BOX.width / 2, to.x + BOX.width / 2];
  const [y1, y2] = forward ? [from.y + BOX.height / 2, to.y + BOX.height / 2] : [from.y + BOX.height, to.y + BOX.height];
  const bend = forward ? (x2 - x1) / 2 : 0;
  const sag = forward ? 0 : 24;
  return svg("path", { class: taint ? "wire taint" : "wire", d: `M${x1} ${y1}C${x1 + bend} ${y1 + sag} ${x2 - bend} ${y2 + sag} ${x2} ${y2}`, "aria-hidden": "true" });
}

/** Draws the golden thread from left to right; the current object is marked, what is not there yet is dashed. */
export async function mount(element: HTMLElement): Promise<void> {
  const data = await islandData<ThreadData>(element);
  if (data.nodes.length === 0) {
    element.replaceChildren(el("div", { class: "state", role: "status" }, icon("route"), el("b", {}, t("The thread begins here.")), el("p", {}, t("Nothing came before, and nothing rests on this yet."))));
    return;
  }
  const placed = layout(data);
  const picture = svg("svg", { class: "tm", width: placed.width, height: placed.height + 24, viewBox: `0 0 ${placed.width} ${placed.height + 24}`, role: "group", "aria-label": element.getAttribute("aria-label") ?? t("Thread, from source to outcome") });
  for (const { name, x } of placed.layers) picture.append(svg("text", { class: "room-name", x, y: 20 }, roomWord(name)));
  for (const { from, to, taint } of data.edges) {
    const [a, b] = [placed.nodes.get(String(from)), placed.nodes.get(String(to))];
    if (a && b) picture.append(wire(a, b, taint ?? false));
  }
  for (const node of placed.nodes.values()) picture.append(box(node));
  const scroll = el("div", { class: "threadmap-scroll", tabindex: 0, role: "region", "aria-label": t("Thread") }, picture);
  element.replaceChildren(scroll);
  const here = [...placed.nodes.values()].find((node) => node.here);
  if (here) scroll.scrollLeft = Math.max(0, here.x - scroll.clientWidth / 2 + BOX.width / 2);
}
