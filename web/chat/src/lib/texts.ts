/**
 * The texts of the chat. The reader's language comes with the page; the texts of the later parts
 * (cards, sheets, queue) come with those parts, in both languages.
 */

import { translator, type Catalogue, type Translate } from "@walletdesk/proto/i18n";
import type { Lang } from "@walletdesk/proto/protocol";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

export interface Texts {
  t: Translate;
  lang: Lang;
}

const catalogues: Record<Lang, Catalogue> = { zh: {}, en: {} };
const LOADS: Record<Lang, () => Promise<{ default: Catalogue }>> = {
  zh: () => import("../texts/zh.json"),
  en: () => import("../texts/en.json"),
};

const ALL: Record<Lang, Texts> = {
  zh: { t: translator(catalogues.zh), lang: "zh" },
  en: { t: translator(catalogues.en), lang: "en" },
};

export async function loadTexts(lang: Lang): Promise<void> {
  addTexts(lang, (await LOADS[lang]()).default);
}

export function addTexts(lang: Lang, texts: Catalogue): void {
  Object.assign(catalogues[lang], texts);
}

export function textsOf(lang: Lang): Texts {
  return ALL[lang];
}

export const TextsContext = createContext<Texts>(ALL.zh);

export function useTexts(): Texts {
  return useContext(TextsContext);
}
