/**
 * Brings the browser that the tests drive and prints where it is, as lines for the shell:
 *
 *   WD_CHROMIUM=…         the browser
 *   WD_CHROMIUM_LIBS=…    libraries for the browser's process alone (LD_LIBRARY_PATH); only with the brought one
 *   FONTCONFIG_FILE=…     fonts with Chinese characters; only where the machine has none
 *
 * A browser of the machine is taken where there is one. Else the one of `@sparticuz/chromium` (Linux on x86-64) is
 * unpacked into .browser at the root of the repository: no root, no other host, nothing outside this folder.
 */

import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { brotliDecompressSync } from "node:zlib";

const HOME = process.env.WD_BROWSER_HOME ?? fileURLToPath(new URL("../../.browser", import.meta.url));
const INSTALLED = [
  process.env.WD_CHROMIUM,
  "/usr/bin/chromium",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];
const require = createRequire(import.meta.url);

function runs(command, ...args) {
  try {
    return execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], timeout: 30_000 });
  } catch {
    return null;
  }
}

/** Unpacks the libraries that the browser was built with. */
async function bringLibraries(folder) {
  const done = join(folder, ".done");
  if (existsSync(done)) return;
  const { extract } = createRequire(require.resolve("@sparticuz/chromium"))("tar-fs");
  const packed = join(dirname(require.resolve("@sparticuz/chromium")), "../../bin/al2023.tar.br");
  mkdirSync(folder, { recursive: true });
  await pipeline(Readable.from(brotliDecompressSync(readFileSync(packed))), extract(folder));
  writeFileSync(done, "");
}

/** A font with Chinese characters and a configuration that knows no other folder. */
function bringFont() {
  const fonts = join(HOME, "fonts");
  const ttf = require.resolve("@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf");
  mkdirSync(fonts, { recursive: true });
  copyFileSync(ttf, join(fonts, "NotoSansSC.ttf"));
  const file = join(HOME, "fonts.conf");
  const folders = [fonts, "/usr/share/fonts"].map((one) => `  <dir>${one}</dir>`).join("\n");
  writeFileSync(
    file,
    `<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "fonts.dtd">\n<fontconfig>\n${folders}\n  <cachedir>${join(HOME, "fonts-cache")}</cachedir>\n</fontconfig>\n`,
  );
  return file;
}

function hasChineseFont() {
  return process.platform === "darwin" || Boolean(runs("fc-list", ":lang=zh-cn")?.trim());
}

async function bringBrowser() {
  if (process.platform !== "linux" || process.arch !== "x64") {
    throw new Error("no browser here and none to bring for this machine: install Chromium and set WD_CHROMIUM to it");
  }
  const browser = join(HOME, "chromium");
  if (!existsSync(browser)) {
    // It unpacks into the temporary folder; under another name until it is whole.
    const unpacking = join(HOME, "unpacking");
    rmSync(unpacking, { recursive: true, force: true });
    mkdirSync(unpacking, { recursive: true });
    process.env.TMPDIR = unpacking;
    const { default: chromium } = await import("@sparticuz/chromium");
    renameSync(await chromium.executablePath(), browser);
    rmSync(unpacking, { recursive: true, force: true });
  }
  await bringLibraries(join(HOME, "lib"));
  return browser;
}

const found = INSTALLED.find((one) => one && existsSync(one) && runs(one, "--version"));
const lines = {};
if (found) {
  lines.WD_CHROMIUM = found;
} else {
  lines.WD_CHROMIUM = await bringBrowser();
  lines.WD_CHROMIUM_LIBS = join(HOME, "lib", "lib");
}
if (!found || !hasChineseFont()) lines.FONTCONFIG_FILE = bringFont();
for (const [name, value] of Object.entries(lines)) console.log(`export ${name}='${value}'`);
