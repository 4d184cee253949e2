import { el } from "../shared/dom";
import { enhance } from "../shared/enhance";
import { formatNumber, t } from "../shared/words";

const changed = new Set<HTMLFormElement>();

function startGuard(): void {
  document.addEventListener("input", (event) => {
    const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>("form[data-guard]") : null;
    if (form) changed.add(form);
  });
  document.addEventListener("submit", (event) => {
    if (!event.defaultPrevented || (event.target as Element).matches("[hx-post], [data-hx-post], [hx-put], [hx-patch]")) {
      changed.delete(event.target as HTMLFormElement);
    }
  });
  addEventListener("beforeunload", (event) => {
    if ([...changed].some((form) => form.isConnected)) event.preventDefault();
  });
}

/** A key that no other submission has; works on plain http inside an office network too. */
export function freshKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const KEY_FIELDS = 'input[type="hidden"][name="idempotency_key"], input[type="hidden"][data-idempotency]';

function startIdempotency(): void {
  enhance(KEY_FIELDS, (field) => {
    if (field instanceof HTMLInputElement && !field.value) field.value = freshKey();
  });
  // A page taken back from the browser's cache would send the key of the submission before.
  addEventListener("pageshow", (event) => {
    if (event.persisted) renewKeys(document);
  });
  document.addEventListener("htmx:after:request", (event) => {
    const { ctx } = (event as CustomEvent<{ ctx?: { sourceElement?: Element; response?: { status: number } } }>).detail ?? {};
    if (ctx?.sourceElement && ctx.response && ctx.response.status < 400) renewKeys(ctx.sourceElement);
  });
}

function renewKeys(root: ParentNode): void {
  for (const field of root.querySelectorAll<HTMLInputElement>(KEY_FIELDS)) field.value = freshKey();
}

function startCounter(area: HTMLElement): void {
  if (!(area instanceof HTMLTextAreaElement || area instanceof HTMLInputElement)) return;
  const limit = Number(area.dataset["count"] || area.getAttribute("maxlength") || 0);
  const place = el("p", { class: "count", "aria-live": "off" });
  const show = (): void => {
    const length = [...area.value].length;
    place.textContent = limit
      ? t("{n} of {limit} characters", { n: formatNumber(length), limit: formatNumber(limit) })
      : t("{n} characters", { n: formatNumber(length) });
    place.classList.toggle("over", limit > 0 && length > limit);
  };
  area.insertAdjacentElement("afterend", place);
  area.addEventListener("input", show);
  show();
}

function startAutosubmit(form: HTMLElement): void {
  if (!(form instanceof HTMLFormElement)) return;
  let timer = 0;
  const submit = (delay: number): void => {
    clearTimeout(timer);
    timer = window.setTimeout(() => form.requestSubmit(), delay);
  };
  form.addEventListener("change", (event) => {
    if (!(event.target as Element).matches("[data-no-autosubmit]")) submit(0);
  });
  for (const button of form.querySelectorAll<HTMLElement>("[data-without-script]")) button.hidden = true;
}

/** Form behaviour that needs no markup beyond a data attribute. */
export function startForms(): void {
  startGuard();
  startIdempotency();
  enhance("[data-count]", startCounter);
  enhance("form[data-autosubmit]", startAutosubmit);
}
