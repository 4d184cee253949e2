// Builds the sprite dist/icons.svg from the Tabler outlines named in icons.txt.
import { readFile, writeFile } from "node:fs/promises";

const names = (await readFile("icons.txt", "utf8"))
  .split("\n")
  .map((line) => line.trim())
  .filter((line) => line && !line.startsWith("#"));

const symbols = await Promise.all(
  names.map(async (name) => {
    const source = await readFile(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8");
    const body = source
      .slice(source.indexOf(">", source.indexOf("<svg")) + 1, source.lastIndexOf("</svg>"))
      .replace(/<path stroke="none"[^>]*\/>/, "")
      .replace(/\s*\n\s*/g, "")
      .trim();
    return `<symbol id="${name}" viewBox="0 0 24 24">${body}</symbol>`;
  }),
);

const sprite = `<svg xmlns="http://www.w3.org/2000/svg">\n${symbols.join("\n")}\n</svg>\n`;
await writeFile("../src/openilp/web/static/dist/icons.svg", sprite);
console.log(`icons.svg: ${names.length} icons, ${sprite.length} bytes`);
