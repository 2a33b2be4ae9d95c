/** The licences of what the pages carry inside, beside the pages. */

import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const INSIDE = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//;

async function noticeOf(folder) {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  const file = (await readdir(folder)).find((one) => /^licen[cs]e/i.test(one));
  const text = file ? await readFile(join(folder, file), "utf8") : `Licence: ${license}`;
  return { key: `${name} ${version}`, text: `${name} ${version} (${license})\n\n${text.trim()}\n` };
}

export async function writeNotices(path, modules) {
  const folders = new Set();
  for (const id of modules) {
    const folder = INSIDE.exec(id.replaceAll("\\", "/"))?.[1];
    if (folder && !id.startsWith("\0")) folders.add(folder);
  }
  const notices = await Promise.all([...folders].map(noticeOf));
  const unique = new Map(notices.map((one) => [one.key, one.text]));
  const sorted = [...unique.keys()].sort().map((key) => unique.get(key));
  const head = "The pages of walletdesk contain the following works under their own licences.\n";
  await writeFile(path, [head, ...sorted].join(`\n${"-".repeat(80)}\n\n`));
}
