/** What is announced to everybody, first on the page; the page of an announcement says whether it touches the reader. */

import { useAsked } from "../lib/asked.ts";
import { announcements } from "../lib/api.ts";
import { useTexts } from "../lib/texts.ts";
import { Icon } from "./icons.tsx";

const SHOWN_MAX = 2;

export function Notices() {
  const { t, lang } = useTexts();
  const asked = useAsked(`announcements.${lang}`, () => announcements(lang));
  return (
    <div role="status" class="stack">
      {(asked.data ?? []).slice(0, SHOWN_MAX).map((one) => (
        <section class="card warned" key={one.id} aria-label={one.title}>
          <p>
            <Icon name="alert" /> <b>{one.title}</b>
          </p>
          <p>{one.text}</p>
          <a class="plain" href={`/status/${one.id}?lang=${lang}`}>
            {t("notice.mine")}
          </a>
        </section>
      ))}
    </div>
  );
}
