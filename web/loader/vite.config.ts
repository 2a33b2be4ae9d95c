import type { UserConfig } from "vite";

/** One file with a name that stays: sites include it by hand. */
const config: UserConfig = {
  build: {
    target: "es2022",
    modulePreload: false,
    rolldownOptions: { input: "src/wd.ts", output: { format: "iife", entryFileNames: "wd.js" } },
  },
};

export default config;
