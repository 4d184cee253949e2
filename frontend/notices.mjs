// Writes dist/NOTICES.txt: name, version and full licence of everything that the bundle carries.
import { readFile, readdir, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";

const manifest = JSON.parse(await readFile("package.json", "utf8"));
const bundled = new Set();

/** Collect a package and what it depends on at run time, as npm placed them. */
async function collect(name) {
  if (bundled.has(name) || !existsSync(`node_modules/${name}/package.json`)) return;
  bundled.add(name);
  const { dependencies = {} } = JSON.parse(await readFile(`node_modules/${name}/package.json`, "utf8"));
  for (const dependency of Object.keys(dependencies)) await collect(dependency);
}

for (const name of Object.keys(manifest.dependencies)) await collect(name);

const sections = [];
for (const name of [...bundled].sort()) {
  const folder = `node_modules/${name}`;
  const { version, license, author } = JSON.parse(await readFile(`${folder}/package.json`, "utf8"));
  const entries = await readdir(folder, { withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && /^(licen[cs]e|copying|notice|ofl)/i.test(entry.name))
    .map((entry) => entry.name)
    .sort();
  const texts = await Promise.all(files.map((file) => readFile(`${folder}/${file}`, "utf8")));
  const holder = typeof author === "string" ? author : (author?.name ?? "");
  const body = texts.length ? texts.map((text) => text.trim()).join("\n\n") : `Licence: ${license ?? "see the package"}. ${holder}`;
  sections.push(`${name} ${version} (${license ?? "see below"})\n${"-".repeat(72)}\n${body.trim()}\n`);
}

const head =
  "Third-party works in this folder, with their licences.\n" +
  "Country outlines: Natural Earth, public domain, by way of world-atlas.\n" +
  "Fonts: Inter and Noto Sans, SIL Open Font License 1.1.\n\n";
await writeFile("../src/openilp/web/static/dist/NOTICES.txt", head + sections.join("\n\n"));
console.log(`NOTICES.txt: ${sections.length} packages`);
