/** The texts of a page in both languages, for every part of it; pages add theirs as they come. */

import { translator, type Catalogue, type Translate } from "@walletdesk/proto/i18n";
import type { Lang } from "@walletdesk/proto/protocol";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

export interface Texts {
  t: Translate;
  lang: Lang;
}

const catalogues: Record<Lang, Catalogue> = { zh: {}, en: {} };

const ALL: Record<Lang, Texts> = {
  zh: { t: translator(catalogues.zh), lang: "zh" },
  en: { t: translator(catalogues.en), lang: "en" },
};

export function addTexts(lang: Lang, texts: Catalogue): void {
  Object.assign(catalogues[lang], texts);
}

export function textsOf(lang: Lang): Texts {
  return ALL[lang];
}

/** Whether a text exists: codes of the server may be newer than this page. */
export function hasText(lang: Lang, key: string): boolean {
  return key in catalogues[lang];
}

export const TextsContext = createContext<Texts>(ALL.zh);

export function useTexts(): Texts {
  return useContext(TextsContext);
}
