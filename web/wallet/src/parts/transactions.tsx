/** A list of transactions. The direction has a sign, the state has a word; colour only helps. */

import { moneyText, signedText } from "@walletdesk/proto/money";
import type { WalletTransaction } from "@walletdesk/proto/protocol";
import { whenText } from "@walletdesk/proto/times";

import { addressOf, go, type Route } from "../lib/route.ts";
import { useNamed, useTexts } from "../lib/texts.ts";
import { Icon, type IconName } from "./icons.tsx";

const SIGNS: Record<string, IconName> = {
  succeeded: "check",
  pending: "clock",
  created: "clock",
  failed: "cross",
  returned: "back",
  cancelled: "cross",
};

/** How it stands, as sign and word. */
export function StateMark({ state }: { state: string }) {
  const named = useNamed();
  return (
    <span class={`state state-${state}`}>
      <Icon name={SIGNS[state] ?? "clock"} size={1} /> {named("tx", state)}
    </span>
  );
}

function Line({ one }: { one: WalletTransaction }) {
  const { lang } = useTexts();
  const named = useNamed();
  const route: Route = { name: "transaction", id: one.id };
  return (
    <a
      class="tx"
      href={addressOf(route)}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return;
        event.preventDefault();
        go(route);
      }}
    >
      <span class="what">
        <b>{one.name}</b>
        <small>
          {named("kind", one.kind)} · {whenText(one.at, lang)}
        </small>
      </span>
      <span class="sum">
        <span class="amount">{signedText(one.amount, one.sign, lang)}</span>
        <StateMark state={one.state} />
      </span>
    </a>
  );
}

export function TransactionList({ list }: { list: readonly WalletTransaction[] }) {
  return (
    <ul class="txs card">
      {list.map((one) => (
        <li key={one.id}>
          <Line one={one} />
        </li>
      ))}
    </ul>
  );
}

/** Money of an account in the reader's language. */
export function Amount({ minor, currency }: { minor: number; currency: string }) {
  const { lang } = useTexts();
  return <span class="amount">{moneyText({ minor, currency }, lang)}</span>;
}
