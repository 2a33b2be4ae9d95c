/** Who I am here, how I read, and the ways out. */

import { prefs, setPrefs, TYPE_SIZES } from "@walletdesk/parts/prefs";
import { useStore } from "@walletdesk/parts/store";
import type { Lang } from "@walletdesk/proto/protocol";

import { go } from "../lib/route.ts";
import { currentMe } from "../lib/session.ts";
import { useNamed, useTexts } from "../lib/texts.ts";
import { leave } from "../lib/wallet.ts";
import { Frame } from "../parts/frame.tsx";
import { speak } from "../parts/tools.tsx";

const LANGS: [Lang, string][] = [
  ["zh", "中文"],
  ["en", "English"],
];

export function Me() {
  const { t, lang } = useTexts();
  const named = useNamed();
  const type = useStore(prefs, (now) => now.type);
  const me = currentMe();
  return (
    <Frame title={t("tab.me")}>
      <section class="card" aria-label={t("me.who")}>
        <p>
          <b>{me?.name}</b>
        </p>
        <p class="mark">
          {me?.phone_masked} {me?.tier && `· ${named("tier", me.tier)}`}
        </p>
      </section>
      <fieldset class="card radios">
        <legend>{t("me.type")}</legend>
        {TYPE_SIZES.map((size, index) => (
          <label key={size}>
            <input type="radio" name="type" checked={type === size} onChange={() => setPrefs({ type: size })} />
            <span style={{ fontSize: `${size}px` }}>{t(`me.type.${index}`)}</span>
          </label>
        ))}
      </fieldset>
      <fieldset class="card radios">
        <legend>{t("me.lang")}</legend>
        {LANGS.map(([code, name]) => (
          <label key={code} lang={code === "zh" ? "zh-CN" : "en"}>
            <input type="radio" name="lang" checked={lang === code} onChange={() => void speak(code)} />
            <span>{name}</span>
          </label>
        ))}
      </fieldset>
      <div class="stack">
        <button type="button" class="plain wide" onClick={() => go({ name: "demo" })}>
          {t("demo.title")}
        </button>
        <button type="button" class="plain wide" onClick={() => void leave()}>
          {t("me.leave")}
        </button>
      </div>
      <p class="mark">{t("me.safe")}</p>
    </Frame>
  );
}
