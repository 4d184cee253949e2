/** Small builders: text always goes in as text, never as markup. */

type Attributes = Record<string, string | number | boolean | null | undefined>;
type Child = Node | string | null | undefined;

function apply(element: Element, attributes: Attributes, children: Child[]): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    element.setAttribute(name, value === true ? "" : String(value));
  }
  for (const child of children) if (child !== null && child !== undefined) element.append(child);
}

export function el<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  apply(element, attributes, children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  name: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  apply(element, attributes, children);
  return element;
}

/** An icon of the sprite that the page itself uses, so that hashed addresses keep working. */
export function icon(name: string): SVGSVGElement {
  const use = document.querySelector("svg.i use")?.getAttribute("href") ?? "/static/dist/icons.svg#x";
  return svg("svg", { class: "i", "aria-hidden": "true" }, svg("use", { href: `${use.split("#")[0]}#${name}` }));
}

/** True while the user writes: a letter is then a letter. */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "reset", "range", "file"].includes(target.type);
}

/** An address inside this site, or null: data must not send a user to a script or a foreign site. */
export function sameOriginAddress(address: string | null | undefined): string | null {
  if (!address) return null;
  try {
    const url = new URL(address, document.baseURI);
    return url.origin === location.origin ? url.href : null;
  } catch {
    return null;
  }
}
