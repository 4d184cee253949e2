import "./htmx-config";
import htmx from "htmx.org";

import { csrfToken } from "../shared/http";
import { t } from "../shared/words";
import { ask } from "./dialogs";
import { toast } from "./toast";

interface Context {
  confirm: string;
  swap: string;
  sourceElement: HTMLElement;
  request: { method: string; headers: Record<string, string> };
  response?: { status: number };
}

interface HtmxDetail {
  ctx: Context;
  issueRequest?: () => void;
  dropRequest?: () => void;
}

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);
/** A form that comes back with its errors is shown; any other refusal is said in words and leaves the page as it is. */
const SHOWN = new Set([400, 409, 422]);

function refuseEvaluation(): never {
  throw new Error("Scripts in attributes are switched off. Use a data attribute and the base script instead.");
}

function on(name: string, act: (event: Event, detail: HtmxDetail) => void): void {
  document.addEventListener(name, (event) => act(event, (event as CustomEvent<HtmxDetail>).detail));
}

function sayRefusal(status: number): void {
  if (status === 401 || status === 403) toast(t("You may not do this, or your session has ended. Nothing was saved."), "error");
  else if (status === 404) toast(t("This is no longer here. Load the page again."), "error");
  else toast(t("The server could not do this ({status}). Nothing was saved; try again.", { status }), "error");
}

/** htmx without evaluation and inline styles, with Django's token, our dialog for questions and words for failures. */
export function startHtmx(): void {
  htmx.registerExtension("openilp-no-eval", {
    init(api: { initSecurity: (policy: null, sync: unknown, asynchronous: unknown) => void }) {
      api.initSecurity(null, refuseEvaluation, refuseEvaluation);
    },
  });
  on("htmx:config:request", (_event, { ctx }) => {
    const token = csrfToken();
    if (!SAFE.has(ctx.request.method.toUpperCase()) && token) ctx.request.headers["X-CSRFToken"] = token;
  });
  on("htmx:confirm", (event, { ctx, issueRequest, dropRequest }) => {
    event.preventDefault();
    const dangerous = ctx.sourceElement.classList.contains("danger");
    void ask(ctx.confirm, t("Continue"), dangerous).then((yes) => (yes ? issueRequest?.() : dropRequest?.()));
  });
  on("htmx:response:error", (_event, { ctx }) => {
    const status = ctx.response?.status ?? 0;
    if (SHOWN.has(status)) return;
    ctx.swap = "none";
    sayRefusal(status);
  });
  on("htmx:error", (_event, detail) => {
    console.error(detail);
    toast(t("The server did not answer. Nothing was saved; try again."), "error");
  });
}
