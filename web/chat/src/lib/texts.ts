/**
 * The texts of the chat. The reader's language comes with the page; the texts of the later parts
 * (cards, sheets, queue) come with those parts, in both languages.
 */

import { addTexts } from "@walletdesk/parts/texts";
import type { Catalogue } from "@walletdesk/proto/i18n";
import type { Lang } from "@walletdesk/proto/protocol";

export { addTexts, TextsContext, textsOf, useTexts, type Texts } from "@walletdesk/parts/texts";

const LOADS: Record<Lang, () => Promise<{ default: Catalogue }>> = {
  zh: () => import("../texts/zh.json"),
  en: () => import("../texts/en.json"),
};

export async function loadTexts(lang: Lang): Promise<void> {
  addTexts(lang, (await LOADS[lang]()).default);
}
