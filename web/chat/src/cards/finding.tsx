/**
 * The answer of the ledger: verdict first, then what happened step by step, where the money is,
 * what happens next and by when, at most two actions, and the evidence number.
 */

import { moneyText } from "@walletdesk/proto/money";
import type { FindingCard, TimelineStep, Tone } from "@walletdesk/proto/protocol";
import { clockText, dayText, whenText } from "@walletdesk/proto/times";
import { useRef, useState } from "preact/hooks";

import { useTexts } from "../lib/texts.ts";
import { Icon, type IconName } from "../parts/icons.tsx";
import { Actions } from "./actions.tsx";
import type { CardProps } from "./card.tsx";
import { proofText, saveText } from "./proof.ts";
import { copyText, Records } from "./records.tsx";

const TONES: Record<Tone, IconName> = { good: "check", wait: "clock", problem: "alert", neutral: "shield" };

/** The word that stands beside the sign of a step. */
export function stepWord(ok: boolean | null): string {
  return ok === null ? "step.unknown" : ok ? "step.yes" : "step.no";
}

function Step({ step, day }: { step: TimelineStep; day: string | null }) {
  const { t, lang } = useTexts();
  const state = step.ok === null ? "unknown" : step.ok ? "yes" : "no";
  const sign: IconName = step.ok === null ? "clock" : step.ok ? "check" : "cross";
  return (
    <li class={`step ${state}`}>
      <span class="sign">
        <Icon name={sign} size={0.875} />
      </span>
      <div>
        <p class="step-head">
          <b>{t(stepWord(step.ok))}</b>
          {step.at && (
            <time dateTime={step.at}>
              {day && `${day} `}
              {clockText(step.at, lang, true)}
            </time>
          )}
        </p>
        <p>{step.text}</p>
        <Records records={[step.record]} />
      </div>
    </li>
  );
}

const LONG_FROM = 7;
const SHOWN_FIRST = 1;
const SHOWN_LAST = 3;

/** A long story shows how it began and where it stands; the rest is one tap away. */
function Timeline({ steps }: { steps: TimelineStep[] }) {
  const { t, lang } = useTexts();
  const [whole, setWhole] = useState(steps.length < LONG_FROM);
  const list = useRef<HTMLOListElement>(null);
  const hidden = steps.length - SHOWN_FIRST - SHOWN_LAST;
  let before: string | null = null;
  return (
    <>
      <h4>{t("finding.timeline")}</h4>
      <ol class="timeline" ref={list} tabIndex={-1}>
        {steps.map((step, index) => {
          if (!whole && index > SHOWN_FIRST && index < steps.length - SHOWN_LAST) return null;
          if (!whole && index === SHOWN_FIRST) {
            return (
              <li class="step folded" key="folded">
                <button
                  type="button"
                  class="quiet"
                  onClick={() => {
                    setWhole(true);
                    list.current?.focus({ preventScroll: true });
                  }}
                >
                  {t("finding.more", hidden)}
                </button>
              </li>
            );
          }
          const day = step.at ? dayText(step.at, lang) : null;
          const shown = day !== before ? day : null;
          before = day ?? before;
          return <Step step={step} day={shown} key={index} />;
        })}
      </ol>
    </>
  );
}

function Proof({ card }: { card: FindingCard }) {
  const texts = useTexts();
  const { t, lang } = texts;
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await copyText(proofText(card, texts));
    setCopied(true);
  };
  return (
    <footer>
      <p class="mark">
        {t("evidence", card.evidence_no)} · {t("as_of", whenText(card.as_of, lang))}
      </p>
      <div class="buttons">
        <button type="button" class="quiet" onClick={() => void copy()}>
          <Icon name="copy" size={1} /> {copied ? t("copied") : t("proof.copy")}
        </button>
        <button type="button" class="quiet" onClick={() => saveText(`${card.evidence_no}.txt`, proofText(card, texts))}>
          <Icon name="save" size={1} /> {t("proof.save")}
        </button>
      </div>
      <span class="unseen" role="status">
        {copied && t("copied")}
      </span>
    </footer>
  );
}

export function Finding({ item, card }: CardProps<FindingCard>) {
  const { t, lang } = useTexts();
  const { transaction: tx } = card;
  const title = `t-${item.id}`;
  return (
    <section class={`card finding ${card.tone}`} aria-labelledby={title}>
      <header>
        <span class="sign">
          <Icon name={TONES[card.tone] ?? "shield"} />
        </span>
        <h3 id={title}>{card.headline}</h3>
      </header>
      {tx && (
        <div class="tx">
          <span class="what">
            <b>{tx.name}</b>
            <small>
              {whenText(tx.at, lang)}
              {tx.order_no && ` · ${t("order", tx.order_no)}`}
            </small>
          </span>
          <span class="amount">{moneyText(tx.amount, lang)}</span>
        </div>
      )}
      {card.timeline.length > 0 && <Timeline steps={card.timeline} />}
      <dl>
        <div>
          <dt>{t("finding.money")}</dt>
          <dd>
            {card.money.text} <Records records={card.money.records} />
          </dd>
        </div>
        <div>
          <dt>{t("finding.next")}</dt>
          <dd>
            {card.next.text} <Records records={card.next.records} />
          </dd>
        </div>
      </dl>
      <Actions actions={card.actions} cardId={item.id} />
      <Proof card={card} />
    </section>
  );
}
