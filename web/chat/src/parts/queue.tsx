/** The place in the queue: position, a range, when it was refreshed, other ways, and that one may leave. */

import type { QueueFrame } from "@walletdesk/proto/protocol";
import { clockText } from "@walletdesk/proto/times";

import { useTexts } from "../lib/texts.ts";
import { useDesk, useModel } from "./desk.ts";
import { Icon } from "./icons.tsx";

/** Whole minutes, never a range of one number: "6-9", or the key for "under a minute". */
export function minutesRange({ low_s, high_s }: Pick<QueueFrame, "low_s" | "high_s">): [number, number] {
  const low = Math.max(1, Math.floor(low_s / 60));
  return [low, Math.max(low + 1, Math.ceil(high_s / 60))];
}

export function QueueCard() {
  const { t, lang } = useTexts();
  const desk = useDesk();
  const state = useModel((m) => m.state);
  const queue = useModel((m) => m.queue);
  if (!state) return null;
  const nobody = queue !== null && queue.high_s === 0;
  const soon = queue !== null && queue.high_s < 60;
  const [low, high] = queue ? minutesRange(queue) : [0, 0];
  return (
    <section id="queue" class="card queue" aria-label={t("queue.title")}>
      <h2>
        <Icon name="queue" /> {t("queue.title")}
      </h2>
      <div class="place" role="status">
        {state.state === "offered" ? (
          <p class="big">{t("queue.offered")}</p>
        ) : nobody ? (
          <p class="big">{t("queue.nobody")}</p>
        ) : queue ? (
          <>
            <p class="big">{queue.position > 1 ? t("queue.ahead", queue.position - 1) : t("queue.next")}</p>
            <p>{soon ? t("queue.soon") : t("queue.range", low, high)}</p>
          </>
        ) : (
          <p class="big">{t("queue.waiting")}</p>
        )}
      </div>
      {queue?.rising_reason && <p class="note">{queue.rising_reason}</p>}
      {state.promise && <p class="note">{state.promise.text}</p>}
      <p class="note">{t("queue.leave")}</p>
      {!!queue?.alternatives.length && (
        <div class="buttons">
          {queue.alternatives.map((option) => (
            <button type="button" class="plain" key={option.id} onClick={() => desk.choose(null, option.id, option.label)}>
              {option.label}
            </button>
          ))}
        </div>
      )}
      {queue && <p class="mark">{t("queue.as_of", clockText(queue.as_of, lang))}</p>}
    </section>
  );
}
