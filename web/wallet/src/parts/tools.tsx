/** Large type and language, in the same place on every screen. */

import { isLarge, LARGE_FROM, prefs, setPrefs, TYPE_SIZES } from "@walletdesk/parts/prefs";
import { useStore } from "@walletdesk/parts/store";
import type { Lang } from "@walletdesk/proto/protocol";

import { loadTexts, useTexts } from "../lib/texts.ts";

const OTHER: Record<Lang, [Lang, string]> = { zh: ["en", "English"], en: ["zh", "中文"] };

export async function speak(lang: Lang): Promise<void> {
  await loadTexts(lang);
  setPrefs({ lang });
}

export function Tools() {
  const { t, lang } = useTexts();
  const large = useStore(prefs, (now) => isLarge(now.type));
  const [other, name] = OTHER[lang];
  return (
    <div class="tools">
      <button
        type="button"
        class="tool"
        aria-pressed={large}
        onClick={() => setPrefs({ type: large ? TYPE_SIZES[0] : LARGE_FROM })}
      >
        {t("large")}
      </button>
      <button type="button" class="tool" lang={other === "zh" ? "zh-CN" : "en"} onClick={() => void speak(other)}>
        {name}
      </button>
    </div>
  );
}
