// tokens.json -> tokens.css. `node src/generate.mjs` writes; a test holds both equal.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = new URL("../", import.meta.url);
const px = (n) => `${n}px`;
const rem = (n) => `${n}rem`;

function variables(prefix, values, unit = (v) => v) {
  return Object.entries(values).map(([name, value]) => `  --${prefix}${name}: ${unit(value)};`);
}

function block(selector, lines) {
  return `${selector} {\n${lines.join("\n")}\n}\n`;
}

/** The style sheet of the tokens: light first, dark by the reader's system, large type by attribute. */
export function css(tokens) {
  const { colour, font, type, base, target, space, radius, motion } = tokens;
  const { line, ...sizes } = type;
  const common = [
    ...variables("", colour.light),
    `  --font: ${font.family};`,
    ...variables("type-", sizes, rem),
    `  --line-height: ${line};`,
    `  --target: ${px(target.normal)};`,
    ...variables("space-", space, px),
    ...variables("radius-", radius, px),
    ...variables("motion-", motion, (v) => `${v}ms`),
    "  color-scheme: light dark;",
    `  font-size: ${(base.normal / 16) * 100}%;`,
  ];
  const dark = variables("", colour.dark).map((l) => `  ${l}`);
  const steps = base.steps.slice(1).map((step) => {
    const lines = [`  font-size: ${(step / 16) * 100}%;`];
    if (step >= base.large) lines.push(`  --target: ${px(target.large)};`);
    return block(`:root[data-type="${step}"]`, lines);
  });
  return [
    "/* Made from tokens.json by src/generate.mjs: change that, then `npm run generate -w @walletdesk/tokens`. */\n",
    block(":root", common),
    `@media (prefers-color-scheme: dark) {\n  :root {\n${dark.join("\n")}\n  }\n}\n`,
    ...steps,
    "@media (prefers-reduced-motion: reduce) {\n  :root {\n    --motion-quick: 0ms;\n    --motion-slow: 0ms;\n  }\n}\n",
  ].join("");
}

export function read() {
  return JSON.parse(readFileSync(new URL("tokens.json", root), "utf8"));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  writeFileSync(fileURLToPath(new URL("tokens.css", root)), css(read()));
}
