/** To whom, or from where: lists to choose from, and somebody new. */

import type { WalletPayee } from "@walletdesk/proto/protocol";
import { useState } from "preact/hooks";

import * as api from "../lib/api.ts";
import { useAsked, type Asked } from "../lib/asked.ts";
import { useTexts } from "../lib/texts.ts";
import { Icon } from "../parts/icons.tsx";
import { Problem, Skeleton } from "../parts/states.tsx";

/** Whoever was chosen: in words, and as the fields of the order. */
export interface Whom {
  label: string;
  hint?: string;
  keys: { merchant_id?: string; payee_id?: string; payee_phone?: string; bank_account?: string; bank?: string; name?: string };
}

interface Line {
  id: string;
  label: string;
  hint: string;
  closed?: boolean;
  whom: Whom;
}

type Props = { choose: (whom: Whom) => void };
const FILTER_FROM = 8;

function Lines({ list, choose }: { list: Line[] } & Props) {
  const { t } = useTexts();
  const [query, setQuery] = useState("");
  const words = query.trim().toLowerCase();
  const shown = words ? list.filter((one) => `${one.label} ${one.hint}`.toLowerCase().includes(words)) : list;
  if (!list.length) return <p class="card">{t("move.none")}</p>;
  return (
    <>
      {list.length > FILTER_FROM && (
        <input
          class="field"
          type="search"
          value={query}
          placeholder={t("move.search")}
          aria-label={t("move.search")}
          onInput={(event) => setQuery(event.currentTarget.value)}
        />
      )}
      <p class="unseen" role="status">
        {words && t("move.found", shown.length)}
      </p>
      {words && !shown.length && <p class="card">{t("move.not_found")}</p>}
      <ul class="lines card">
        {shown.map((one) => (
          <li key={one.id}>
            <button type="button" aria-disabled={one.closed} onClick={() => one.closed || choose(one.whom)}>
              <span class="what">
                <b>{one.label}</b>
                {one.hint && <small>{one.hint}</small>}
              </span>
              <Icon name="next" />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function Waiting({ asked }: { asked: Asked<unknown> }) {
  return asked.error ? <Problem error={asked.error} retry={() => void asked.again()} /> : <Skeleton />;
}

export function Shops({ choose }: Props) {
  const { t, lang } = useTexts();
  const asked = useAsked(`merchants.${lang}`, api.merchants);
  if (!asked.data) return <Waiting asked={asked} />;
  const list = asked.data.map(({ id, name, state }): Line => {
    const closed = state !== "open";
    return { id, label: name, hint: closed ? t("move.closed") : "", closed, whom: { label: name, keys: { merchant_id: id } } };
  });
  // Those that take no payments now stand last.
  return <Lines list={[...list].sort((a, b) => Number(a.closed) - Number(b.closed))} choose={choose} />;
}

export function Banks({ choose }: Props) {
  const { t, lang } = useTexts();
  const asked = useAsked(`payees.${lang}`, api.payees);
  if (!asked.data) return <Waiting asked={asked} />;
  const list = asked.data.banks.map(({ id, name, account_tail }): Line => {
    const hint = account_tail ? t("tail", account_tail) : "";
    return { id, label: name, hint, whom: { label: name, hint, keys: { bank: id } } };
  });
  return <Lines list={list} choose={choose} />;
}

function payeeHint(one: WalletPayee, tail: (digits: string) => string): string {
  return [one.phone_masked, one.bank, one.account_tail ? tail(one.account_tail) : null].filter(Boolean).join(" · ");
}

export function Payees({ choose }: Props) {
  const { t, lang } = useTexts();
  const asked = useAsked(`payees.${lang}`, api.payees);
  const [fresh, setFresh] = useState(false);
  if (fresh) return <NewPayee choose={choose} />;
  if (!asked.data) return <Waiting asked={asked} />;
  const list = asked.data.payees.map((one): Line => {
    const hint = payeeHint(one, (digits) => t("tail", digits));
    return { id: one.id, label: one.name, hint, whom: { label: one.name, hint, keys: { payee_id: one.id, name: one.name } } };
  });
  return (
    <>
      <button type="button" class="plain wide" onClick={() => setFresh(true)}>
        {t("payee.new")}
      </button>
      {list.length > 0 && <Lines list={list} choose={choose} />}
    </>
  );
}

const PHONE = /^1\d{10}$/;
const ACCOUNT = /^\d{8,24}$/;

/** Phone or bank account, and the name that must match: the server decides, this only catches slips. */
function NewPayee({ choose }: Props) {
  const { t } = useTexts();
  const [by, setBy] = useState<"phone" | "account">("phone");
  const [number, setNumber] = useState("");
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const digits = number.replace(/[\s-]/g, "");
  const wrongNumber = !(by === "phone" ? PHONE : ACCOUNT).test(digits);
  const wrongName = !name.trim();
  const submit = (event: Event) => {
    event.preventDefault();
    setTried(true);
    if (wrongNumber || wrongName) {
      document.getElementById(wrongNumber ? "payee-number" : "payee-name")?.focus();
      return;
    }
    const keys = by === "phone" ? { payee_phone: digits } : { bank_account: digits };
    const spaced = by === "phone" ? digits.replace(/^(\d{3})(\d{4})/, "$1 $2 ") : digits.replace(/(\d{4})(?=\d)/g, "$1 ");
    choose({ label: name.trim(), hint: spaced, keys: { ...keys, name: name.trim() } });
  };
  return (
    <form class="card form" onSubmit={submit} noValidate>
      <fieldset class="radios">
        <legend>{t("payee.by")}</legend>
        {(["phone", "account"] as const).map((one) => (
          <label key={one}>
            <input type="radio" name="by" checked={by === one} onChange={() => setBy(one)} />
            <span>{t(`payee.by.${one}`)}</span>
          </label>
        ))}
      </fieldset>
      <label for="payee-number">{t(`payee.${by}`)}</label>
      <input
        id="payee-number"
        class="field"
        inputMode="numeric"
        autocomplete="off"
        value={number}
        aria-invalid={tried && wrongNumber}
        aria-describedby={tried && wrongNumber ? "payee-number-wrong" : undefined}
        onInput={(event) => setNumber(event.currentTarget.value)}
      />
      {tried && wrongNumber && (
        <p class="wrong" id="payee-number-wrong">
          {t(`payee.${by}.wrong`)}
        </p>
      )}
      <label for="payee-name">{t("payee.name")}</label>
      <input
        id="payee-name"
        class="field"
        autocomplete="off"
        value={name}
        aria-invalid={tried && wrongName}
        aria-describedby={tried && wrongName ? "payee-name-wrong" : "payee-name-why"}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      {tried && wrongName ? (
        <p class="wrong" id="payee-name-wrong">
          {t("payee.name.wrong")}
        </p>
      ) : (
        <p class="mark" id="payee-name-why">
          {t("payee.name.why")}
        </p>
      )}
      <button type="submit" class="primary wide">
        {t("move.next")}
      </button>
    </form>
  );
}
