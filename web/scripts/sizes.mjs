/** How heavy each page is, gzipped, and how heavy it may be. A kilobyte is 1000 bytes here. */

import { constants, gzipSync } from "node:zlib";

/**
 * `first`: what is fetched before the page can be used: entry, what it imports, their style sheets and one language.
 * `all`: everything the page can ever fetch.
 */
export const LIMITS = {
  chat: { first: 20_000, all: 45_000 },
  wallet: { first: 30_000, all: 70_000 },
  console: { first: 280_000 },
  loader: { first: 2_000 },
};

const LANGUAGE = /\/texts\/(zh|en)\.json$/;
const LOCALE_OF = { zh: "zh_CN", en: "en_US" };

const weigh = (part) =>
  gzipSync(part.type === "chunk" ? part.code : part.source, { level: constants.Z_BEST_COMPRESSION }).length;

/** File names that come before the first use, in one language. */
function firstFiles(parts, lang) {
  const byName = new Map(parts.map((part) => [part.fileName, part]));
  const found = new Set();
  const add = (name) => {
    const part = byName.get(name);
    if (!part || found.has(name)) return;
    found.add(name);
    if (part.type !== "chunk") return;
    part.imports.forEach(add);
    for (const css of part.viteMetadata?.importedCss ?? []) add(css);
    part.dynamicImports.filter((other) => isOf(byName.get(other), lang)).forEach(add);
  };
  for (const part of parts) if (part.type === "chunk" && part.isEntry) add(part.fileName);
  return found;
}

/** Whether a part that comes later holds the texts of this language (ours or those of the widgets). */
function isOf(part, lang) {
  const id = part?.facadeModuleId ?? "";
  return LANGUAGE.exec(id)?.[1] === lang || id.includes(`/locale/${LOCALE_OF[lang]}.`);
}

export function measure(page, parts) {
  const code = parts.filter((part) => /\.(js|css)$/.test(part.fileName));
  const sum = (wanted) => code.filter(wanted).reduce((total, part) => total + weigh(part), 0);
  const sizes = {
    first: Math.max(...["zh", "en"].map((lang) => {
      const files = firstFiles(parts, lang);
      return sum((part) => files.has(part.fileName));
    })),
    all: sum(() => true),
  };
  return Object.entries(sizes).map(([what, bytes]) => ({ page, what, bytes, limit: LIMITS[page][what] ?? null }));
}

/** Prints the table; gives whether every limit holds. */
export function say(lines) {
  const kb = (bytes) => (bytes === null ? "-" : (bytes / 1000).toFixed(2)).padStart(8);
  console.log("page      what       gz kB   limit kB");
  for (const { page, what, bytes, limit } of lines) {
    const over = limit !== null && bytes > limit;
    console.log(`${page.padEnd(10)}${what.padEnd(6)}${kb(bytes)}   ${kb(limit)}${over ? "   TOO HEAVY" : ""}`);
  }
  return lines.every(({ bytes, limit }) => limit === null || bytes <= limit);
}
