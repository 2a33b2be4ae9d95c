/**
 * Builds every page into ../src/walletdesk/static: hashed names, a .br and a .gz beside each file, the notices of
 * what is inside, and a check of every size. A page that has grown too heavy fails the build.
 *
 *   node scripts/build.mjs [page ...]
 */

import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "vite";

import { compressAll } from "./compress.mjs";
import { writeNotices } from "./notices.mjs";
import { LIMITS, measure, say } from "./sizes.mjs";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const STATIC = fileURLToPath(new URL("../../src/walletdesk/static", import.meta.url));

const asked = process.argv.slice(2);
const pages = asked.length ? asked : Object.keys(LIMITS);
const modules = new Set();
const lines = [];

for (const page of pages) {
  const built = await build({
    root: join(WEB, page),
    configFile: join(WEB, page, "vite.config.ts"),
    configLoader: "runner",
    logLevel: "warn",
    build: { outDir: join(STATIC, page), emptyOutDir: true },
  });
  const { output } = Array.isArray(built) ? built[0] : built;
  for (const chunk of output) for (const id of chunk.moduleIds ?? []) modules.add(id);
  await compressAll(join(STATIC, page));
  lines.push(...measure(page, output));
}
if (!asked.length) await writeNotices(join(STATIC, "THIRD_PARTY_NOTICES.txt"), modules);
if (!say(lines)) process.exit(1);
