import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { describe, expect, it } from "vitest";

import { differences, fill, translator, type Catalogue } from "../proto/src/i18n.ts";

const WEB = fileURLToPath(new URL("..", import.meta.url));
const CATALOGUES: Record<string, [string, string][]> = {
  chat: [["zh", "en"], ["zh.late", "en.late"]],
  wallet: [["zh", "en"], ["zh.late", "en.late"]],
  console: [["zh", "en"]],
};

function read(page: string, name: string): Catalogue {
  return JSON.parse(readFileSync(join(WEB, page, "src/texts", `${name}.json`), "utf8")) as Catalogue;
}

function sources(page: string): [string, string][] {
  const files = readdirSync(join(WEB, page, "src"), { recursive: true, encoding: "utf8" });
  return files.filter((file) => /\.tsx?$/.test(file)).map((file) => [file, readFileSync(join(WEB, page, "src", file), "utf8")]);
}

describe.each(Object.keys(CATALOGUES))("the texts of %s", (page) => {
  it.each(CATALOGUES[page]!)("%s and %s have the same keys with the same arguments", (zh, en) => {
    expect(differences(read(page, zh), read(page, en))).toEqual([]);
  });

  it("are there for every key that is asked for by name", () => {
    const all = Object.assign({}, ...CATALOGUES[page]!.map(([zh]) => read(page, zh))) as Catalogue;
    const missing = sources(page).flatMap(([file, source]) =>
      [...source.matchAll(/\bt\(\s*"([^"]+)"\s*[,)]/g)].map((found) => found[1]!).filter((key) => !(key in all)).map((key) => `${file}: ${key}`),
    );
    expect(missing).toEqual([]);
  });

  it("are not empty, and not the same in both languages unless they are names", () => {
    for (const [zh, en] of CATALOGUES[page]!) {
      const [left, right] = [read(page, zh), read(page, en)];
      expect(Object.entries(left).filter(([, text]) => !text.trim())).toEqual([]);
      expect(Object.keys(left).filter((key) => left[key] === right[key] && !/^\W*$|English/.test(left[key]!))).toEqual([]);
    }
  });

  it("stand nowhere in the code", () => {
    const spoken = sources(page)
      .filter(([file]) => !/pinyin\.ts$/.test(file))
      .flatMap(([file, source]) => {
        const code = source.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "").replaceAll('"中文"', "").replaceAll("中文", "");
        return /[\u4e00-\u9fff]/.test(code) ? [file] : [];
      });
    expect(spoken).toEqual([]);
  });
});

describe("a text", () => {
  it("takes arguments and picks the plural", () => {
    expect(fill("{0} {0|person|people} ahead", [1])).toBe("1 person ahead");
    expect(fill("{0} {0|person|people} ahead", [3])).toBe("3 people ahead");
    expect(fill("{1}–{0}", ["b", "a"])).toBe("a–b");
  });

  it("that is missing shows its key instead of nothing", () => {
    expect(translator({})("queue.title")).toBe("queue.title");
  });

  it("that one language lacks, or that takes other arguments, is found", () => {
    expect(differences({ a: "x {0}", b: "y" }, { a: "x", c: "z" }).sort()).toEqual(["a", "b", "c"]);
  });
});
