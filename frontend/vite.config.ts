import { defineConfig } from "vite";

/**
 * File names carry no content hash: Django's manifest storage adds its own, and templates name the files.
 * Islands never import the entry, else a page with a hashed entry would run the base script twice.
 */
export default defineConfig({
  base: "./",
  publicDir: "public",
  build: {
    outDir: "../src/openilp/web/static/dist",
    emptyOutDir: true,
    target: "es2022",
    sourcemap: false,
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: true,
    chunkSizeWarningLimit: 1500,
    rolldownOptions: {
      input: {
        openilp: "src/openilp.ts",
        styles: "src/styles/openilp.css",
      },
      // The map library comes as a module with its own worker beside it; both are copied as they are.
      external: ["maplibre-gl"],
      output: {
        paths: { "maplibre-gl": "./maplibre-gl.mjs" },
        entryFileNames: "[name].js",
        chunkFileNames: ({ name, facadeModuleId }) => {
          const island = /islands\/(\w+)\/island\.ts$/.exec(facadeModuleId ?? "");
          return `islands/${island?.[1] ?? name}.js`;
        },
        codeSplitting: {
          groups: [{ name: "base", test: /src\/(base|shared)\/|htmx\.org/ }],
        },
        assetFileNames: ({ names: [name = ""] }) => {
          if (name.endsWith(".woff2")) return "fonts/[name][extname]";
          return name === "styles.css" ? "openilp.css" : "islands/map.css";
        },
      },
    },
  },
});
