/** All transactions, newest first, a page at a time. */

import type { WalletTransaction } from "@walletdesk/proto/protocol";
import { dayText } from "@walletdesk/proto/times";
import { useState } from "preact/hooks";

import * as api from "../lib/api.ts";
import { useAsked } from "../lib/asked.ts";
import { currentMe, heard } from "../lib/session.ts";
import { useTexts } from "../lib/texts.ts";
import { Frame } from "../parts/frame.tsx";
import { Problem, Skeleton, Stale } from "../parts/states.tsx";
import { TransactionList } from "../parts/transactions.tsx";

function byDay(list: readonly WalletTransaction[], day: (at: string) => string): [string, WalletTransaction[]][] {
  const days = new Map<string, WalletTransaction[]>();
  for (const one of list) days.set(day(one.at), [...(days.get(day(one.at)) ?? []), one]);
  return [...days];
}

interface Later {
  customer: string;
  list: WalletTransaction[];
  next: string | null | undefined;
}

/** The pages that were loaded after the first: still there for whoever comes back from one of them. */
let later: Later = { customer: "", list: [], next: undefined };

export function Bills() {
  const { t, lang } = useTexts();
  const customer = currentMe()?.id ?? "";
  if (later.customer !== customer) later = { customer, list: [], next: undefined };
  const asked = useAsked(`bills.${lang}`, () => api.transactions(null));
  const { list: more, next } = later;
  const [running, setRunning] = useState(false);
  const [failed, setFailed] = useState(false);
  const before = next === undefined ? (asked.data?.next ?? null) : next;

  const load = async () => {
    if (running || !before) return;
    setRunning(true);
    setFailed(false);
    try {
      const page = await api.transactions(before);
      later = { customer, list: [...more, ...page.transactions], next: page.next };
    } catch (error) {
      heard(error);
      setFailed(true);
    }
    setRunning(false);
  };

  const list = [...(asked.data?.transactions ?? []), ...more];
  const unique = [...new Map(list.map((one) => [one.id, one])).values()];
  return (
    <Frame title={t("tab.bills")}>
      <Stale asked={asked} />
      {!asked.data && (asked.error ? <Problem error={asked.error} retry={() => void asked.again()} /> : <Skeleton />)}
      {asked.data && !unique.length && <p class="card">{t("recent.none")}</p>}
      {byDay(unique, (at) => dayText(at, lang)).map(([day, some]) => (
        <section key={day} aria-label={day}>
          <h2>{day}</h2>
          <TransactionList list={some} />
        </section>
      ))}
      {before && (
        <button type="button" class="plain wide" aria-busy={running} onClick={() => void load()}>
          {t("bills.more")}
        </button>
      )}
      <div role="alert">{failed && <p class="warned">{t("error.network")}</p>}</div>
    </Frame>
  );
}
