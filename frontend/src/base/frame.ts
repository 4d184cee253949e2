/** On a narrow screen the process is a row that scrolls: the step one is in must be in sight. */
export function startFrame(): void {
  const current = document.querySelector<HTMLElement>(".nav a[aria-current]");
  const nav = current?.closest<HTMLElement>(".nav");
  if (!current || !nav || nav.scrollWidth <= nav.clientWidth) return;
  nav.scrollLeft = current.offsetLeft - nav.clientWidth / 2 + current.offsetWidth / 2;
}
