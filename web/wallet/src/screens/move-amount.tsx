/** How much: a field that every keyboard can write in, and a keypad whose keys nobody misses. */

import type { WalletAccount } from "@walletdesk/proto/protocol";
import { useEffect, useRef, useState } from "preact/hooks";

import { clean, KEYS, minorOf, press, type Key } from "../lib/amount.ts";
import type { Kind } from "../lib/api.ts";
import { useTexts } from "../lib/texts.ts";
import { Icon } from "../parts/icons.tsx";
import { Amount } from "../parts/transactions.tsx";
import type { Draft } from "./move.tsx";

const SYMBOL_LOCALE = "zh-CN";

function symbolOf(currency: string): string {
  const parts = new Intl.NumberFormat(SYMBOL_LOCALE, { style: "currency", currency, currencyDisplay: "narrowSymbol" }).formatToParts(0);
  return parts.find((one) => one.type === "currency")?.value ?? currency;
}

function Keypad({ onKey }: { onKey: (key: Key) => void }) {
  const { t } = useTexts();
  return (
    <div class="keypad" role="group" aria-label={t("keypad")}>
      {KEYS.map((key) => (
        <button
          type="button"
          key={key}
          aria-label={key === "back" ? t("keypad.back") : key === "." ? t("keypad.point") : undefined}
          onClick={() => onKey(key)}
        >
          {key === "back" ? <Icon name="back_key" /> : key}
        </button>
      ))}
    </div>
  );
}

interface Props {
  kind: Kind;
  draft: Draft;
  change: (some: Partial<Draft>) => void;
  account: WalletAccount | undefined;
  currency: string;
  done: () => void;
}

export function HowMuch({ kind, draft, change, account, currency, done }: Props) {
  const { t } = useTexts();
  const field = useRef<HTMLInputElement>(null);
  const [tried, setTried] = useState(false);
  const minor = minorOf(draft.text, currency);
  const fromBalance = kind !== "top_up";
  const tooMuch = fromBalance && account !== undefined && minor !== null && minor > account.available_minor;
  const write = (text: string) => change({ text, minor: minorOf(text, currency) ?? 0 });
  useEffect(() => field.current?.focus({ preventScroll: true }), []);

  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (minor !== null) done();
    else field.current?.focus();
  };
  return (
    <form class="card form" onSubmit={submit} noValidate>
      <label for="amount">{t("amount")}</label>
      <div class="amount-field">
        <span aria-hidden="true">{symbolOf(currency)}</span>
        <input
          ref={field}
          id="amount"
          inputMode="none"
          autocomplete="off"
          value={draft.text}
          aria-describedby="amount-said"
          aria-invalid={tried && minor === null}
          onInput={(event) => {
            const text = clean(event.currentTarget.value, currency);
            if (text !== null) write(text);
            else event.currentTarget.value = draft.text;
          }}
        />
      </div>
      <p id="amount-said" class={tooMuch || (tried && minor === null) ? "wrong" : "mark"} role="status">
        {tried && minor === null ? (
          t("amount.wrong")
        ) : (
          <>
            {tooMuch && `${t("amount.more")} `}
            {account && fromBalance && (
              <>
                {t("balance.available")} <Amount minor={account.available_minor} currency={currency} />
              </>
            )}
          </>
        )}
      </p>
      <Keypad onKey={(key) => write(press(draft.text, key, currency))} />
      <button type="submit" class="primary wide">
        {t("move.next")}
      </button>
    </form>
  );
}
