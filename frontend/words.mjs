// Lists every text of the scripts in dist/words.json, so that the server can send their translations with a page.
import { readdir, readFile, writeFile } from "node:fs/promises";

const files = (await readdir("src", { recursive: true })).filter((file) => file.endsWith(".ts"));
const words = new Set();
for (const file of files) {
  const source = await readFile(`src/${file}`, "utf8");
  for (const [, text] of source.matchAll(/\bt\(\s*"((?:[^"\\]|\\.)*)"/g)) words.add(JSON.parse(`"${text}"`));
}
await writeFile("../src/openilp/web/static/dist/words.json", `${JSON.stringify([...words].sort(), null, 1)}\n`);
console.log(`words.json: ${words.size} texts`);
