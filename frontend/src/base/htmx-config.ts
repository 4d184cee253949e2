/** htmx reads its settings once, from this element, when its module runs: it must exist before the import. */
const meta = document.createElement("meta");
meta.name = "htmx-config";
meta.content = JSON.stringify({ includeIndicatorCSS: false, mode: "same-origin", history: true });
if (!document.querySelector('meta[name="htmx-config"]')) document.head.append(meta);
