import { defineConfig, type Plugin } from "vite";

/** Our later parts bring their own style sheet and need no preloading: Vite's 1 kB helper for both becomes a call. */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) => (id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : null),
};

export default defineConfig({
  base: "/static/chat/",
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [plainImports],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: false },
});
