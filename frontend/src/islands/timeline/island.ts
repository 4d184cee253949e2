import { el, icon, sameOriginAddress, svg } from "../../shared/dom";
import { islandData } from "../../shared/source";
import { t } from "../../shared/words";
import { placeLane, ticks, type PlacedEvent, type PlacedLane, type TimelineData } from "./layout";

const NAMES = 200;
const ROW = 24;
const TOP = 28;
const LETTER = 6.4;

interface Scale {
  from: number;
  to: number;
  width: number;
}

function precisionWord(precision: string | undefined): string {
  if (precision === "approximate") return t("about");
  return precision === "interval" ? t("some time in") : "";
}

function words(event: PlacedEvent): string {
  const dates = event.end ? `${event.start} – ${event.end}` : event.start;
  return [precisionWord(event.precision), dates, event.label].filter(Boolean).join(" ");
}

function mark(event: PlacedEvent, x: (at: number) => number, y: number): SVGElement {
  const approximate = event.precision !== undefined && event.precision !== "exact" ? " approximate" : "";
  if (event.to > event.from) return svg("rect", { class: `span${approximate}`, x: x(event.from), y: y - 6, width: Math.max(4, x(event.to) - x(event.from)), height: 12 });
  return svg("circle", { class: `event${approximate}`, cx: x(event.from), cy: y, r: 5 });
}

function drawEvent(event: PlacedEvent, x: (at: number) => number, top: number): SVGElement {
  const y = top + event.row * ROW + ROW / 2;
  const address = sameOriginAddress(event.url);
  const text = words(event);
  const after = event.to > event.from ? Math.max(4, x(event.to) - x(event.from)) : 5;
  const parts = [svg("title", {}, text), mark(event, x, y), svg("text", { class: "event-label", x: x(event.from) + after + 5, y: y + 4 }, event.label)];
  return address ? svg("a", { href: address, "aria-label": text }, ...parts) : svg("g", { role: "img", "aria-label": text }, ...parts);
}

function draw(lanes: PlacedLane[], scale: Scale, label: string): SVGSVGElement {
  const x = (at: number): number => NAMES + ((at - scale.from) / (scale.to - scale.from)) * (scale.width - NAMES - 160) + 8;
  const height = TOP + lanes.reduce((sum, lane) => sum + lane.rows * ROW + 8, 0);
  const picture = svg("svg", { class: "tl", width: scale.width, height, viewBox: `0 0 ${scale.width} ${height}`, role: "group", "aria-label": label });
  let labelled = -Infinity;
  for (const { at, major, label: text } of ticks(scale.from, scale.to)) {
    picture.append(svg("line", { class: major ? "tick major" : "tick", x1: x(at), x2: x(at), y1: TOP - 6, y2: height }));
    if (!major || x(at) - labelled < 64) continue;
    labelled = x(at);
    picture.append(svg("text", { x: x(at) + 3, y: 14 }, text));
  }
  let top = TOP;
  for (const lane of lanes) {
    const bottom = top + lane.rows * ROW + 8;
    picture.append(svg("line", { class: "lane-line", x1: 0, x2: scale.width, y1: bottom, y2: bottom }));
    for (const event of lane.events) picture.append(drawEvent(event, x, top + 4));
    const address = sameOriginAddress(lane.url);
    const name = svg("text", { class: "lane-name", x: 12, y: top + 4 + ROW / 2 + 4 }, lane.label.length > 28 ? `${lane.label.slice(0, 27)}…` : lane.label, svg("title", {}, lane.label));
    picture.append(address ? svg("a", { href: address }, name) : name);
    top = bottom;
  }
  return picture;
}

/** Draws swim-lanes; an approximate date is a hollow mark, an interval a dashed bar, and the words say it too. */
export async function mount(element: HTMLElement): Promise<void> {
  const data = await islandData<TimelineData>(element);
  const times = data.events.flatMap((event) => [Date.parse(event.start), Date.parse(event.end || event.start)]).filter(Number.isFinite);
  if (times.length === 0) {
    element.replaceChildren(el("div", { class: "state", role: "status" }, icon("timeline"), el("b", {}, t("No dated events yet.")), el("p", {}, t("Record a statement with a date, or widen the filter."))));
    return;
  }
  const margin = Math.max(86_400_000, (Math.max(...times) - Math.min(...times)) * 0.03);
  const label = element.getAttribute("aria-label") ?? t("Timeline");
  const scroll = el("div", { class: "timeline-scroll", tabindex: 0, role: "region", "aria-label": label });
  let zoom = 1;
  const show = (): void => {
    const scale = { from: Math.min(...times) - margin, to: Math.max(...times) + margin, width: Math.max(640, scroll.clientWidth - 2) * zoom };
    const perPixel = (scale.to - scale.from) / (scale.width - NAMES - 160);
    const lanes = data.lanes.map((lane) => placeLane(lane, data.events, (event) => (event.label.length * LETTER + 24) * perPixel + (event.end ? Date.parse(event.end) - Date.parse(event.start) : 0)));
    scroll.replaceChildren(draw(lanes, scale, label));
  };
  const button = (text: string, name: string, factor: number): HTMLButtonElement => {
    const made = el("button", { type: "button", class: "btn sm" }, icon(name), text);
    made.addEventListener("click", () => {
      zoom = Math.min(16, Math.max(1, zoom * factor));
      show();
    });
    return made;
  };
  const key = el("span", { class: "s mute" }, t("Filled: exact. Hollow or dashed: approximate. Bar: interval."));
  element.replaceChildren(el("div", { class: "island-tools" }, button(t("Closer"), "zoom-in", 2), button(t("Wider"), "zoom-out", 0.5), key), scroll);
  show();
  let width = scroll.clientWidth;
  new ResizeObserver(() => {
    if (Math.abs(scroll.clientWidth - width) < 2) return;
    width = scroll.clientWidth;
    show();
  }).observe(scroll);
}
