import { enhance } from "../shared/enhance";

/** Where a selection stands in a report: the sentence and the characters, counted as Python counts them. */
export interface Passage {
  text: string;
  sentence: string;
  start: number;
  end: number;
}

function codePoints(text: string): number {
  return [...text].length;
}

function offsetIn(root: Element, node: Node, offset: number): number {
  const range = document.createRange();
  range.selectNodeContents(root);
  range.setEnd(node, offset);
  return codePoints(range.toString());
}

/** The selected passage inside a reader; both ends must lie in one `[data-sentence]`. */
export function selectedPassage(reader: HTMLElement): Passage | null {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0);
  const parent = range.commonAncestorContainer;
  const sentence = (parent instanceof Element ? parent : parent.parentElement)?.closest<HTMLElement>("[data-sentence]");
  if (!sentence || !reader.contains(sentence)) return null;
  const text = range.toString();
  if (!text.trim()) return null;
  const leading = codePoints(text) - codePoints(text.trimStart());
  const base = Number(sentence.dataset["offset"] ?? 0);
  const start = base + offsetIn(sentence, range.startContainer, range.startOffset) + leading;
  return { text: text.trim(), sentence: sentence.dataset["sentence"] ?? "", start, end: start + codePoints(text.trim()) };
}

function show(passage: Passage): void {
  for (const place of document.querySelectorAll<HTMLElement>("[data-selected]")) {
    const part = String(passage[place.dataset["selected"] as keyof Passage] ?? "");
    if (place instanceof HTMLInputElement || place instanceof HTMLTextAreaElement) place.value = part;
    else place.textContent = part;
  }
  for (const control of document.querySelectorAll<HTMLButtonElement>("[data-needs-selection]")) control.disabled = false;
}

/** Report reader: text that is selected fills `[data-selected="text|sentence|start|end"]` and wakes `[data-needs-selection]`. */
export function startReader(): void {
  enhance("[data-reader]", (reader) => {
    document.addEventListener("selectionchange", () => {
      const passage = reader.isConnected ? selectedPassage(reader) : null;
      if (!passage) return;
      show(passage);
      reader.dispatchEvent(new CustomEvent("openilp:passage", { bubbles: true, detail: passage }));
    });
  });
}
