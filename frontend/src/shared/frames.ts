/** Times between drawn frames, for the benchmark of an island: `performance` entries and `window.__openilpFrames`. */

declare global {
  interface Window {
    __openilpFrames?: Record<string, number[]>;
  }
}

const KEPT = 1_000;

/** Returns a function to call whenever the island has drawn; it measures from frame to frame while drawing goes on. */
export function frameMeter(island: string): () => void {
  const name = `openilp:${island}:frame`;
  const times: number[] = [];
  (window.__openilpFrames ??= {})[island] = times;
  let last = 0;
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame((now) => {
      waiting = false;
      const elapsed = now - last;
      // A pause of the user is no slow frame.
      if (last > 0 && elapsed < 1_000) {
        performance.measure(name, { start: last, end: now });
        times.push(elapsed);
        if (times.length > KEPT) {
          times.length = 0;
          performance.clearMeasures(name);
        }
      }
      last = now;
    });
  };
}
