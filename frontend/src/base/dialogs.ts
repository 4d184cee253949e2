import { el } from "../shared/dom";
import { t } from "../shared/words";

const confirmed = new WeakSet<HTMLElement>();

/** Asks in a native dialog; resolves to true only when the user presses the named button. */
export function ask(question: string, action: string, dangerous: boolean): Promise<boolean> {
  const dialog = el(
    "dialog",
    { "aria-labelledby": "openilp-question" },
    el("div", { class: "body" }, el("p", { id: "openilp-question" }, question)),
    el(
      "footer",
      {},
      el("button", { type: "button", class: "btn", value: "no", "data-close": true, autofocus: dangerous }, t("Cancel")),
      el("button", { type: "button", class: dangerous ? "btn danger" : "btn go", "data-yes": true, autofocus: !dangerous }, action),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.querySelector("[data-yes]")?.addEventListener("click", () => dialog.close("yes"));
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

function labelOf(trigger: HTMLElement): string {
  const copy = trigger.cloneNode(true) as HTMLElement;
  for (const key of copy.querySelectorAll("kbd")) key.remove();
  return copy.textContent?.trim() || t("Continue");
}

async function confirmThen(event: Event, holder: HTMLElement, trigger: HTMLElement, proceed: () => void): Promise<void> {
  if (confirmed.has(holder)) {
    confirmed.delete(holder);
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const dangerous = trigger.classList.contains("danger");
  const action = holder.dataset["confirmAction"] ?? labelOf(trigger);
  if (!(await ask(holder.dataset["confirm"] ?? "", action, dangerous))) return;
  confirmed.add(holder);
  proceed();
}

function onClick(event: MouseEvent): void {
  if (!(event.target instanceof Element)) return;
  const opener = event.target.closest<HTMLElement>("[data-dialog]");
  if (opener) {
    const dialog = document.getElementById(opener.dataset["dialog"] ?? "");
    if (dialog instanceof HTMLDialogElement) {
      event.preventDefault();
      dialog.showModal();
    }
  }
  event.target.closest("[data-close]")?.closest("dialog")?.close();
  const link = event.target.closest<HTMLElement>("a[data-confirm], button[type=button][data-confirm]");
  if (link) void confirmThen(event, link, link, () => link.click());
}

function onSubmit(event: SubmitEvent): void {
  const form = event.target as HTMLFormElement;
  const submitter = event.submitter;
  const holder = submitter?.hasAttribute("data-confirm") ? submitter : form;
  if (!holder.hasAttribute("data-confirm")) return;
  void confirmThen(event, holder, submitter ?? form, () => form.requestSubmit(submitter));
}

function closeDrops(except: Element | null): void {
  for (const drop of document.querySelectorAll<HTMLDetailsElement>("details.drop[open], details.purpose[open]")) {
    if (drop !== except) drop.open = false;
  }
}

/** Dialogs (`data-dialog="id"`, `data-close`), questions before a step (`data-confirm`), and menus that close by themselves. */
export function startDialogs(): void {
  document.addEventListener("click", onClick, true);
  document.addEventListener("submit", onSubmit, true);
  document.addEventListener("click", (event) => {
    closeDrops(event.target instanceof Element ? event.target.closest("details") : null);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.activeElement?.closest<HTMLDetailsElement>("details.drop[open], details.purpose[open]");
    if (!open) return;
    open.open = false;
    open.querySelector("summary")?.focus();
    event.preventDefault();
  });
}
