/** What happens after the reply: the customer is next, or we come back by a time that he is told. */
import { useState } from "react";
import { clockText, whenText } from "@walletdesk/proto/times";
import type { Then } from "../api/types";
import { useLang, useT } from "../texts";

const MINUTES = [10, 30, 60, 120];
const OWN = "own";
const FURTHEST_DAYS = 7;

function inMinutes(minutes: number): string {
  const at = new Date(Date.now() + minutes * 60_000);
  at.setSeconds(0, 0);
  return at.toISOString();
}

/** The value of a datetime-local field for an instant, in the agent's own zone. */
function localValue(iso: string): string {
  const at = new Date(iso);
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function ThenChoice({ then, setThen }: { then: Then; setThen: (then: Then) => void }) {
  const t = useT();
  const lang = useLang();
  const [own, setOwn] = useState(false);
  const until = then.then === "wait_third" ? then.until : null;
  const choose = (value: string) => {
    setOwn(value === OWN);
    if (value === "") setThen({ then: "wait_customer" });
    else setThen({ then: "wait_third", until: inMinutes(value === OWN ? 60 : Number(value)) });
  };
  const chosen = until === null ? "" : OWN;
  return (
    <span className={`then${until ? " then-promise" : ""}`}>
      <select id="composer-then" value={chosen} aria-label={t("then.label")} onChange={(event) => choose(event.target.value)}>
        <option value="">{t("then.customer")}</option>
        {MINUTES.map((minutes) => (
          <option key={minutes} value={minutes}>
            {t("then.back_by", clockText(inMinutes(minutes), lang))}
          </option>
        ))}
        <option value={OWN}>{until && !own ? t("then.back_by", whenText(until, lang)) : t("then.own")}</option>
      </select>
      {own && until && (
        <input
          type="datetime-local"
          aria-label={t("then.time")}
          value={localValue(until)}
          min={localValue(inMinutes(1))}
          max={localValue(inMinutes(FURTHEST_DAYS * 1440))}
          onChange={(event) => {
            const at = new Date(event.target.value);
            if (!Number.isNaN(at.getTime())) setThen({ then: "wait_third", until: at.toISOString() });
          }}
        />
      )}
    </span>
  );
}
