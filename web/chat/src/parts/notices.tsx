/** What is announced to everybody, before anything else is read; the bot says whether it touches the reader. */

import { call } from "@walletdesk/parts/http";
import type { Announcement } from "@walletdesk/proto/protocol";
import { useEffect, useState } from "preact/hooks";

import { useTexts } from "../lib/texts.ts";
import { useDesk } from "./desk.ts";
import { Icon } from "./icons.tsx";

const AGAIN_MS = 300_000;
const SHOWN_MAX = 2;

export function Notices() {
  const { t, lang } = useTexts();
  const desk = useDesk();
  const [list, setList] = useState<Announcement[]>([]);
  const [asked, setAsked] = useState<string[]>([]);
  useEffect(() => {
    const look = () =>
      void call<{ announcements: Announcement[] }>(`/api/announcements?lang=${lang}`).then(
        (found) => setList(found.announcements),
        () => {},
      );
    look();
    const timer = setInterval(look, AGAIN_MS);
    return () => clearInterval(timer);
  }, [lang]);
  return (
    <div role="status">
      {list.slice(0, SHOWN_MAX).map((one) => (
        <div class="banner warn" key={one.id}>
          <Icon name="alert" />
          <p>
            <a href={`/status?lang=${lang}#a-${one.id}`} target="_blank" rel="noopener">
              {one.title}
            </a>
          </p>
          {!asked.includes(one.id) && (
            <button
              type="button"
              class="plain"
              onClick={() => {
                setAsked([...asked, one.id]);
                desk.choose(null, `mine:${one.id}`, t("notice.mine"));
              }}
            >
              {t("notice.mine")}
            </button>
          )}
        </div>
      ))}
    </div>
  );
}
