/** What became of a movement of money: amount, other side, time, number; and news while it is on its way. */

import type { Uuid } from "@walletdesk/proto/protocol";
import { useEffect } from "preact/hooks";

import * as api from "../lib/api.ts";
import { useAsked } from "../lib/asked.ts";
import { go } from "../lib/route.ts";
import { useTexts } from "../lib/texts.ts";
import { Frame } from "../parts/frame.tsx";
import { Icon, type IconName } from "../parts/icons.tsx";
import { Problem, Skeleton, Stale } from "../parts/states.tsx";
import { AskAbout } from "../parts/support.tsx";
import { Details } from "./transaction.tsx";

const ON_ITS_WAY = ["created", "pending"];
/** Often at first; what takes longer than this shows itself in the bills and, on a question, in the chat. */
const PAUSES_MS = [800, 1_000, 1_500, 2_000, 3_000, 5_000, 5_000, 10_000, 10_000, 20_000];
const SIGNS: Record<string, IconName> = { succeeded: "check", failed: "cross", cancelled: "cross", returned: "back" };

/** Asks again while it is on its way and the page is looked at. */
function useNews(state: string | undefined, ask: () => Promise<void>): void {
  const waiting = state !== undefined && ON_ITS_WAY.includes(state);
  useEffect(() => {
    if (!waiting) return undefined;
    let at = 0;
    let timer: ReturnType<typeof setTimeout>;
    const next = () => {
      const pause = PAUSES_MS[at++];
      if (pause) timer = setTimeout(() => void (document.hidden ? Promise.resolve() : ask()).then(next), pause);
    };
    next();
    return () => clearTimeout(timer);
  }, [waiting]);
}

export function Result({ id }: { id: Uuid }) {
  const { t, lang } = useTexts();
  const asked = useAsked(`transaction.${id}.${lang}`, () => api.transaction(id));
  const state = asked.data?.state;
  useNews(state, asked.again);
  const known = state && state in SIGNS ? state : "pending";
  return (
    <Frame title={t("result.title")} back={() => go({ name: "home" })}>
      <div role="status" class={`verdict verdict-${known}`}>
        {state && (
          <>
            <Icon name={SIGNS[state] ?? "clock"} size={2} />
            <p>{t(`result.${known}`)}</p>
          </>
        )}
      </div>
      <Stale asked={asked} />
      {asked.data ? (
        <>
          <Details one={asked.data} />
          <button type="button" class={state === "succeeded" ? "primary wide" : "plain wide"} onClick={() => go({ name: "home" })}>
            {t("result.done")}
          </button>
          <AskAbout id={id} quiet={state === "succeeded"} />
        </>
      ) : asked.error ? (
        <Problem error={asked.error} retry={() => void asked.again()} />
      ) : (
        <Skeleton />
      )}
    </Frame>
  );
}
