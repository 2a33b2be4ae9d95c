/** What the builds of all pages have in common. */

import type { Plugin, UserConfig } from "vite";

/** Our later parts bring their own style sheet and need no preloading: Vite's 1 kB helper for both becomes a call. */
const plainImports: Plugin = {
  name: "plain-imports",
  enforce: "pre",
  load: (id) => (id === "\0vite/preload-helper.js" ? "export const __vitePreload = (load) => load();" : null),
};

/** Where `vite` (the development server) finds the running walletdesk. */
const SERVER = process.env["WALLETDESK_URL"] ?? "http://127.0.0.1:8000";

function page(name: string): UserConfig {
  return {
    base: `/static/${name}/`,
    // `changeOrigin: false`: the server compares Origin and Host.
    server: { proxy: { "/api": { target: SERVER }, "/ws": { target: SERVER, ws: true } } },
    build: { target: "es2022", assetsInlineLimit: 0, modulePreload: false },
  };
}

/** A small page for customers: Preact, every kilobyte counted. */
export function preactPage(name: string): UserConfig {
  return {
    ...page(name),
    oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
    plugins: [plainImports],
  };
}

/** A page for people at desks: React and the widgets they know. */
export function reactPage(name: string): UserConfig {
  const common = page(name);
  return {
    ...common,
    oxc: { jsx: { runtime: "automatic" } },
    build: {
      ...common.build,
      rolldownOptions: {
        // Widgets say "use client" for servers that render; there is none here.
        onLog: (level, log, say) => log.code === "MODULE_LEVEL_DIRECTIVE" || say(level, log),
      },
    },
  };
}
