import { el, icon } from "./shared/dom";
import { enhance } from "./shared/enhance";
import { t } from "./shared/words";

type Island = { mount: (element: HTMLElement) => Promise<void> | void };

const islands: Record<string, () => Promise<Island>> = {
  network: () => import("./islands/network/island"),
  map: () => import("./islands/map/island"),
  chart: () => import("./islands/chart/island"),
  timeline: () => import("./islands/timeline/island"),
  thread: () => import("./islands/thread/island"),
};

function sayFailure(element: HTMLElement, error: unknown): void {
  const reason = error instanceof Error ? error.message : String(error);
  element.replaceChildren(
    el(
      "div",
      { class: "state failed", role: "status" },
      icon("alert-circle"),
      el("b", {}, t("The drawing could not be shown.")),
      el("p", {}, t("The table says the same. Reason: {reason}", { reason })),
    ),
  );
}

async function start(element: HTMLElement): Promise<void> {
  const name = element.dataset["island"] ?? "";
  const load = islands[name];
  if (!load) throw new Error(`Unknown island “${name}”. Known: ${Object.keys(islands).join(", ")}.`);
  element.classList.add("island");
  element.setAttribute("aria-busy", "true");
  try {
    await (await load()).mount(element);
    element.dispatchEvent(new CustomEvent("openilp:island", { bubbles: true, detail: { name } }));
  } catch (error) {
    console.error(error);
    sayFailure(element, error);
  } finally {
    element.removeAttribute("aria-busy");
  }
}

/** Loads the code of an island when its element comes near the window; the server's table twin stays where it is. */
export function startIslands(): void {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        seen.unobserve(entry.target);
        void start(entry.target as HTMLElement);
      }
    },
    { rootMargin: "200px" },
  );
  enhance("[data-island]", (element) => {
    // An empty element has no box to come near: it gets one before it is watched.
    if (element.childElementCount === 0) element.append(el("p", { class: "busy" }, el("span", { class: "spin", "aria-hidden": "true" }), t("Drawing …")));
    seen.observe(element);
  });
}
