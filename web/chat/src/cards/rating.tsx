import { call } from "@walletdesk/parts/http";
import type { Rating, RatingCard } from "@walletdesk/proto/protocol";
import { useState } from "preact/hooks";

import { conversationPath } from "../lib/api.ts";
import { useTexts } from "../lib/texts.ts";
import { useDesk, useModel } from "../parts/desk.ts";
import { Icon } from "../parts/icons.tsx";
import type { CardProps } from "./card.tsx";

const REASONS = ["solved", "clear", "fast", "kind", "slow", "unclear", "unsolved"];
const GOOD_FROM = 4;
const MOUTHS = ["M8 17c2.5-3 5.5-3 8 0", "M8.5 16.5c2-1.5 5-1.5 7 0", "M8.5 16h7", "M8.5 15.5c2 1.5 5 1.5 7 0", "M7.5 14.5c2.5 4 6.5 4 9 0"];

function Face({ score }: { score: number }) {
  return (
    <svg class="icon" width="2em" height="2em" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM9 10h.01M15 10h.01" />
      <path d={MOUTHS[score - 1]!} />
    </svg>
  );
}

/** One tap rates; the reasons are offered afterwards and cost nobody a second form. */
export function RatingFaces({ item, card }: CardProps<RatingCard>) {
  const { t } = useTexts();
  const desk = useDesk();
  const rated = useModel((m) => m.state?.rated ?? false);
  const mayRate = useModel((m) => m.state?.may_rate ?? false);
  const [score, setScore] = useState(0);
  const [reasons, setReasons] = useState<string[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [told, setTold] = useState(false);
  const title = `t-${item.id}`;

  const send = async (value: number, why: string[]) => {
    setProblem(null);
    try {
      const { conversation, state } = desk.store.get();
      const json: Rating = { score: value, reasons: why };
      await call(`${conversationPath(conversation)}/rating`, { method: "POST", session: desk.session, json });
      if (state) desk.store.set({ state: { ...state, rated: true } });
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const choose = (value: number) => {
    setScore(value);
    void send(value, []);
  };
  const toggle = (reason: string) =>
    setReasons(reasons.includes(reason) ? reasons.filter((r) => r !== reason) : [...reasons, reason]);

  if (rated && !score) {
    return (
      <section class="card rating">
        <p>{t("rating.thanks")}</p>
      </section>
    );
  }
  const fitting = REASONS.filter((r) => (score >= GOOD_FROM) === REASONS.indexOf(r) < 4);
  return (
    <section class="card rating" aria-labelledby={title}>
      <h3 id={title}>{card.text}</h3>
      <div class="faces" role="group" aria-labelledby={title}>
        {card.faces.map((face, index) => (
          <button
            type="button"
            key={face}
            aria-pressed={score === index + 1}
            aria-disabled={!mayRate && !rated}
            onClick={() => (mayRate || rated) && choose(index + 1)}
          >
            <Face score={index + 1} />
            <span>{face}</span>
          </button>
        ))}
      </div>
      {score > 0 && !told && !problem && (
        <>
          <p>{t("rating.why")}</p>
          <div class="chips" role="group" aria-label={t("rating.why")}>
            {fitting.map((reason) => (
              <button type="button" key={reason} aria-pressed={reasons.includes(reason)} onClick={() => toggle(reason)}>
                {reasons.includes(reason) && <Icon name="check" size={1} />}
                {t("reason." + reason)}
              </button>
            ))}
          </div>
          {reasons.length > 0 && (
            <button type="button" class="primary" onClick={() => void send(score, reasons).then(() => setTold(true))}>
              {t("rating.send")}
            </button>
          )}
        </>
      )}
      <p role="status">{score > 0 && !problem && t("rating.thanks")}</p>
      {problem && <p role="alert">{problem}</p>}
    </section>
  );
}
