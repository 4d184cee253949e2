import "./htmx-config";
import htmx from "htmx.org";

import { csrfToken } from "../shared/http";

const SAFE = new Set(["GET", "HEAD", "OPTIONS"]);

/** Attributes that hold code stay dead: the page's security policy forbids evaluation, and so do we. */
function refuseEvaluation(): never {
  throw new Error("Scripts in attributes are switched off. Use a data attribute and the base script instead.");
}

htmx.registerExtension("openilp-no-eval", {
  init(api: { initSecurity: (policy: null, sync: unknown, asynchronous: unknown) => void }) {
    api.initSecurity(null, refuseEvaluation, refuseEvaluation);
  },
});

interface RequestEvent {
  ctx: { request: { method: string; headers: Record<string, string> } };
}

document.addEventListener("htmx:config:request", (event) => {
  const { request } = (event as CustomEvent<RequestEvent>).detail.ctx;
  const token = csrfToken();
  if (!SAFE.has(request.method.toUpperCase()) && token) request.headers["X-CSRFToken"] = token;
});

export { htmx };
