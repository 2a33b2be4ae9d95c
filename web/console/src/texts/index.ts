/** Texts of the console in the reader's language; only the language in use is loaded. */
import { useCallback } from "react";
import { translator, type Catalogue, type Translate } from "@walletdesk/proto/i18n";
import type { Locale } from "antd/es/locale";
import type { Lang } from "../api/types";
import { Store, useStore } from "../live/store";

interface Language {
  lang: Lang;
  catalogue: Catalogue;
  t: Translate;
  antd: Locale;
}

const loaders = {
  zh: () => Promise.all([import("./zh.json"), import("antd/es/locale/zh_CN")]),
  en: () => Promise.all([import("./en.json"), import("antd/es/locale/en_US")]),
};

export const language = new Store<Language | null>(null);

/** Load a language and switch to it; until then the screen keeps the one it has. */
export async function speak(lang: Lang): Promise<void> {
  const [texts, locale] = await loaders[lang]();
  const catalogue: Catalogue = texts.default;
  const antd = (locale as { default: Locale }).default;
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.title = `${catalogue["app.console"]} · walletdesk`;
  language.set({ lang, catalogue, t: translator(catalogue), antd });
}

/** The translator; outside of React too. */
export const t: Translate = (key, ...args) => language.get()?.t(key, ...args) ?? key;

export function useT(): Translate {
  return useStore(language, (now) => now?.t ?? t);
}

export function useLang(): Lang {
  return useStore(language, (now) => now?.lang ?? "zh");
}

/** The text of a code if there is one, else what the caller gives: codes of the server may be newer. */
export function useNamed(): (prefix: string, code: string | null | undefined, otherwise?: string) => string {
  const catalogue = useStore(language, (now) => now?.catalogue);
  return useCallback(
    (prefix, code, otherwise) => (code ? (catalogue?.[`${prefix}.${code}`] ?? otherwise ?? code) : (otherwise ?? "")),
    [catalogue],
  );
}
