type Enhancer = (element: HTMLElement) => void;

const enhancers: [selector: string, enhance: Enhancer][] = [];
const done = new WeakMap<HTMLElement, Set<Enhancer>>();

function run(root: ParentNode, selector: string, enhance: Enhancer): void {
  const found = [...root.querySelectorAll<HTMLElement>(selector)];
  if (root instanceof HTMLElement && root.matches(selector)) found.unshift(root);
  for (const element of found) {
    const applied = done.get(element) ?? new Set<Enhancer>();
    if (applied.has(enhance)) continue;
    done.set(element, applied.add(enhance));
    enhance(element);
  }
}

let watching = false;

function watch(): void {
  if (watching) return;
  watching = true;
  new MutationObserver((records) => {
    for (const record of records) {
      for (const node of record.addedNodes) {
        if (!(node instanceof HTMLElement)) continue;
        for (const [selector, enhancer] of enhancers) run(node, selector, enhancer);
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true });
}

/** Applies a function once to every element that matches, now and whenever the page receives new ones. */
export function enhance(selector: string, enhancer: Enhancer): void {
  enhancers.push([selector, enhancer]);
  run(document, selector, enhancer);
  watch();
}
