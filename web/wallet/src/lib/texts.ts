/** The texts of the wallet; those of the later screens come with them. */

import { addTexts, hasText, useTexts } from "@walletdesk/parts/texts";
import type { Catalogue } from "@walletdesk/proto/i18n";
import type { Lang } from "@walletdesk/proto/protocol";

export { useTexts };

const LOADS: Record<Lang, () => Promise<{ default: Catalogue }>> = {
  zh: () => import("../texts/zh.json"),
  en: () => import("../texts/en.json"),
};

export async function loadTexts(lang: Lang): Promise<void> {
  addTexts(lang, (await LOADS[lang]()).default);
}

/** The text of a code of the server, or the code itself where it is newer than this page. */
export function useNamed(): (prefix: string, code: string) => string {
  const { t, lang } = useTexts();
  return (prefix, code) => (hasText(lang, `${prefix}.${code}`) ? t(`${prefix}.${code}`) : code);
}
