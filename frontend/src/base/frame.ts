import { enhance } from "../shared/enhance";

/** Scrolls a row so that its current step stands in the middle; only the row moves, never the page. */
function centreCurrent(row: HTMLElement): void {
  const current = row.querySelector<HTMLElement>("[aria-current], [aria-selected='true']");
  if (!current || row.scrollWidth <= row.clientWidth) return;
  const offset = current.getBoundingClientRect().left - row.getBoundingClientRect().left;
  row.scrollLeft += offset - (row.clientWidth - current.offsetWidth) / 2;
}

/** On a narrow screen the process and a page's tabs are rows that scroll: where one is must be in sight. */
export function startFrame(): void {
  enhance(".nav, .tabs", centreCurrent);
}
