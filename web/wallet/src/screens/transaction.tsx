/** One transaction, and the way to ask about exactly this one. */

import { signedText } from "@walletdesk/proto/money";
import type { Uuid, WalletTransaction } from "@walletdesk/proto/protocol";
import { fullText } from "@walletdesk/proto/times";
import { useState } from "preact/hooks";

import * as api from "../lib/api.ts";
import { useAsked } from "../lib/asked.ts";
import { useNamed, useTexts } from "../lib/texts.ts";
import { Frame } from "../parts/frame.tsx";
import { Problem, Skeleton, Stale } from "../parts/states.tsx";
import { AskAbout } from "../parts/support.tsx";
import { StateMark } from "../parts/transactions.tsx";

/** A number people read out or pass on: whole, and copied with a tap. */
function Number({ value }: { value: string }) {
  const { t } = useTexts();
  const [copied, setCopied] = useState(false);
  const copy = () => void navigator.clipboard?.writeText(value).then(() => setCopied(true));
  return (
    <>
      <span class="number">{value}</span>
      <button type="button" class="quiet" onClick={copy}>
        {copied ? t("copied") : t("copy")}
      </button>
      <span class="unseen" role="status">
        {copied && t("copied")}
      </span>
    </>
  );
}

export function Details({ one }: { one: WalletTransaction }) {
  const { t, lang } = useTexts();
  const named = useNamed();
  return (
    <section class="card details" aria-label={t("details")}>
      <p class="whom">{one.name}</p>
      <p class="big amount">{signedText(one.amount, one.sign, lang)}</p>
      <p>
        <StateMark state={one.state} />
      </p>
      {one.reason && <p class="reason">{one.reason}</p>}
      <dl>
        <div>
          <dt>{t("details.kind")}</dt>
          <dd>{named("kind", one.kind)}</dd>
        </div>
        <div>
          <dt>{t("details.whom")}</dt>
          <dd>{one.name}</dd>
        </div>
        <div>
          <dt>{t("details.time")}</dt>
          <dd>
            <time dateTime={one.at}>{fullText(one.at, lang)}</time>
          </dd>
        </div>
        <div>
          <dt>{t("details.number")}</dt>
          <dd>
            <Number value={one.id} />
          </dd>
        </div>
        {one.order_no && (
          <div>
            <dt>{t("details.order")}</dt>
            <dd>
              <Number value={one.order_no} />
            </dd>
          </div>
        )}
      </dl>
    </section>
  );
}

export function Transaction({ id }: { id: Uuid }) {
  const { t, lang } = useTexts();
  const asked = useAsked(`transaction.${id}.${lang}`, () => api.transaction(id));
  const missing = asked.error?.status === 404;
  return (
    <Frame title={t("details.title")} back={() => history.back()}>
      <Stale asked={asked} />
      {asked.data ? (
        <>
          <Details one={asked.data} />
          <AskAbout id={id} />
        </>
      ) : missing ? (
        <p class="card">{t("details.missing")}</p>
      ) : asked.error ? (
        <Problem error={asked.error} retry={() => void asked.again()} />
      ) : (
        <Skeleton />
      )}
    </Frame>
  );
}
