/** Cards as the agent sees them: everything the customer saw, plus the record of every number. */
import { moneyText, signedText } from "@walletdesk/proto/money";
import { clockText, whenText } from "@walletdesk/proto/times";
import type { Card, CardAction, FindingCard, PickerCard } from "../api/types";
import { Record, Records } from "../ui/Record";
import { useLang, useNamed, useT } from "../texts";

const SIGN = { true: "✓", false: "✗", null: "?" };

/** One step of the time line: the sign is never alone, a word for it stands beside for readers of screens. */
function Step({ step }: { step: FindingCard["timeline"][number] }) {
  const t = useT();
  const lang = useLang();
  const ok = String(step.ok) as keyof typeof SIGN;
  return (
    <li className={`step step-${ok}`}>
      <span className="step-sign" aria-hidden="true">
        {SIGN[ok]}
      </span>
      <span className="sr">{t(`step.${ok}`)}</span>
      <time>{step.at ? clockText(step.at, lang, true) : "—"}</time>
      <span className="step-text">{step.text}</span>
      {step.record && <Record record={step.record} />}
    </li>
  );
}

/** What was asked of the wallet and how it stands. */
export function ActionState({ action }: { action: CardAction }) {
  const t = useT();
  const state = action.state ?? "offered";
  return (
    <span className={`action action-${state}`}>
      {action.label}
      {state !== "offered" && <span className="action-state">{t(`command.${state}`)}</span>}
      {action.note && <span className="quiet"> {action.note}</span>}
    </span>
  );
}

export function Finding({ card, children }: { card: FindingCard; children?: React.ReactNode }) {
  const t = useT();
  const lang = useLang();
  const paid = card.transaction;
  return (
    <section className={`card finding tone-${card.tone}`} aria-label={t("card.finding")}>
      <h3>{card.headline}</h3>
      {paid && (
        <p className="finding-what">
          <strong>{paid.name}</strong> <span className="money">{moneyText(paid.amount, lang)}</span>{" "}
          <time>{whenText(paid.at, lang)}</time>
          {paid.order_no && <span className="quiet"> {t("card.order", paid.order_no)}</span>}
        </p>
      )}
      <ol className="steps">
        {card.timeline.map((step, index) => (
          <Step key={index} step={step} />
        ))}
      </ol>
      <dl className="finding-facts">
        {card.money?.text && (
          <>
            <dt>{t("card.money")}</dt>
            <dd>
              {card.money.text} <Records records={card.money.records} />
            </dd>
          </>
        )}
        {card.next?.text && (
          <>
            <dt>{t("card.next")}</dt>
            <dd>
              {card.next.text} <Records records={card.next.records} />
            </dd>
          </>
        )}
      </dl>
      {children}
      <p className="finding-foot quiet">
        {card.evidence_no} · {t("card.as_of", whenText(card.as_of, lang))}
      </p>
    </section>
  );
}

function Picker({ card }: { card: PickerCard }) {
  const t = useT();
  const lang = useLang();
  const named = useNamed();
  return (
    <section className="card" aria-label={t("card.picker")}>
      <p>{card.text}</p>
      <ul className="picks">
        {card.options.map((option) => (
          <li key={option.id}>
            <span>{option.name}</span>
            <span className="money">{signedText(option.amount, option.sign, lang)}</span>
            <time>{whenText(option.at, lang)}</time>
            <span className="quiet">{named("tx", option.state)}</span>
          </li>
        ))}
        {card.none && <li className="quiet">{card.none.label}</li>}
      </ul>
    </section>
  );
}

function Actions({ actions }: { actions: readonly CardAction[] | undefined }) {
  if (!actions?.length) return null;
  return (
    <p className="actions">
      {actions.map((action) => (
        <ActionState key={action.id} action={action} />
      ))}
    </p>
  );
}

/** Any card; a kind this page does not know yet is shown as its text. */
export function CardView({ card, text }: { card: Card; text: string }) {
  const t = useT();
  switch (card.card) {
    case "finding":
      return (
        <Finding card={card}>
          <Actions actions={card.actions} />
        </Finding>
      );
    case "picker":
      return <Picker card={card} />;
    case "choices":
      return (
        <section className="card" aria-label={t("card.choices")}>
          <p>{card.text}</p>
          <p className="chips">
            {card.options.map((option) => (
              <span key={option.id} className="chip">
                {option.label}
              </span>
            ))}
          </p>
        </section>
      );
    case "safety":
      return (
        <section className="card tone-problem" aria-label={t("card.safety")}>
          <p>{card.text}</p>
          <Actions actions={card.actions} />
        </section>
      );
    default:
      return (
        <section className="card" aria-label={t("card.notice")}>
          <p>{(card as { text?: string }).text ?? text}</p>
        </section>
      );
  }
}
