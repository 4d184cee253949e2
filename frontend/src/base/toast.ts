import { el, icon } from "../shared/dom";
import { t } from "../shared/words";

export type Level = "success" | "info" | "warning" | "error";

const ICONS: Record<Level, string> = { success: "circle-check", info: "info-circle", warning: "alert-triangle", error: "alert-circle" };

/** Says something in the corner. An error stays until it is closed; the rest leaves after eight seconds. */
export function toast(text: string, level: Level = "info"): void {
  let place = document.querySelector<HTMLElement>(".toasts");
  if (!place) {
    place = el("div", { class: "toasts", role: "status", "aria-live": "polite" });
    document.body.append(place);
  }
  const close = el("button", { type: "button", class: "btn sm" }, t("Close"));
  const message = el("div", { class: `message ${level}` }, icon(ICONS[level]), el("span", { class: "g" }, text), close);
  close.addEventListener("click", () => message.remove());
  place.append(message);
  if (level !== "error") setTimeout(() => message.remove(), 8_000);
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    toast(t("Copied: {text}", { text }), "success");
  } catch {
    toast(t("The browser does not let this page copy. Mark the text and copy it by hand: {text}", { text }), "warning");
  }
}

/** `[data-copy]` copies its value or its text; the server says a toast by the event `openilp:toast`. */
export function startToasts(): void {
  document.addEventListener("click", (event) => {
    const source = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-copy]") : null;
    if (source) void copy(source.dataset["copy"] || source.textContent?.trim() || "");
  });
  document.addEventListener("openilp:toast", (event) => {
    const { text, level } = (event as CustomEvent<{ text: string; level?: Level }>).detail;
    toast(text, level ?? "info");
  });
}
