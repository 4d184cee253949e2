// Puts beside the bundle what the map needs: country outlines, and the library with its worker as they are.
import { cp, mkdir, readFile, writeFile } from "node:fs/promises";

const DIST = "../src/openilp/web/static/dist";

await mkdir(`${DIST}/map`, { recursive: true });
await cp("node_modules/world-atlas/countries-50m.json", `${DIST}/map/countries.json`);

for (const name of ["maplibre-gl", "maplibre-gl-worker"]) {
  const source = await readFile(`node_modules/maplibre-gl/dist/${name}.mjs`, "utf8");
  // The map of the source is not shipped; a manifest storage would look for it and stop.
  await writeFile(`${DIST}/islands/${name}.mjs`, source.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
}
console.log("map: country outlines, library and worker");
