/** Everything about the customer that an answer may need, so that he is never asked twice. */
import { useQuery } from "@tanstack/react-query";
import { moneyText } from "@walletdesk/proto/money";
import { clockText, dayText } from "@walletdesk/proto/times";
import type { CustomerFacts, WalletTransaction } from "../api/types";
import { openConversation } from "../app/nav";
import { panelOpen } from "../app/screen";
import { useLang, useNamed, useT } from "../texts";
import { ErrorNote, Loading } from "../ui/states";
import { Findings } from "./Findings";
import { customerQuery } from "./queries";
import { Transactions } from "./Transactions";

type Accounts = CustomerFacts["accounts"];

function Balances({ accounts }: { accounts: Accounts }) {
  const t = useT();
  const lang = useLang();
  if (accounts.length === 0) return null;
  const asOf = accounts[0]?.as_of;
  const text = (minor: number | string, currency: string) => moneyText({ minor: Number(minor), currency }, lang);
  return (
    <table className="balances">
      <caption>
        {t("customer.balances")}
        {asOf && <span className="quiet"> · {t("stale.as_of", clockText(asOf, lang))}</span>}
      </caption>
      <thead>
        <tr>
          <th scope="col">{t("customer.available")}</th>
          <th scope="col">{t("customer.held")}</th>
          <th scope="col">{t("customer.posted")}</th>
        </tr>
      </thead>
      <tbody>
        {accounts.map((one) => (
          <tr key={one.id}>
            <td className="money">{text(one.available_minor, one.currency)}</td>
            <td className={`money${Number(one.held_minor) > 0 ? " held" : ""}`}>{text(one.held_minor, one.currency)}</td>
            <td className="money">{text(one.posted_minor, one.currency)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function restrictionText(one: unknown): string {
  if (typeof one === "string") return one;
  const { text, label, kind } = one as { text?: string; label?: string; kind?: string };
  return text ?? label ?? kind ?? "";
}

function Restrictions({ list }: { list: CustomerFacts["restrictions"] }) {
  const t = useT();
  const named = useNamed();
  if (list.length === 0) return <p className="quiet">{t("customer.unrestricted")}</p>;
  return (
    <ul className="note-box note-bad" aria-label={t("customer.restrictions")}>
      {list.map((one, index) => (
        <li key={index}>{named("restriction", restrictionText(one))}</li>
      ))}
    </ul>
  );
}

function Who({ customer }: { customer: CustomerFacts["customer"] }) {
  const t = useT();
  const lang = useLang();
  const named = useNamed();
  return (
    <div className="who">
      <h2>{customer.name}</h2>
      <p>
        {customer.tier && <span className="mark">{named("tier", customer.tier)}</span>}
        {customer.large_type && <span className="mark mark-large">{t("row.large_long")}</span>}
        {customer.phone_masked && <span>{customer.phone_masked}</span>}
        {customer.since && <span className="quiet">{t("customer.since", dayText(customer.since, lang))}</span>}
      </p>
    </div>
  );
}

interface Past {
  id?: string;
  conversation_id?: string;
  opened_at: string;
  subject: string | null;
  state: string;
}

function History({ list, current }: { list: Past[]; current: string }) {
  const t = useT();
  const lang = useLang();
  const others = list.filter((one) => (one.id ?? one.conversation_id) !== current);
  if (others.length === 0) return <p className="quiet">{t("customer.no_history")}</p>;
  return (
    <ul className="history">
      {others.map((one) => {
        const id = one.id ?? one.conversation_id ?? "";
        return (
          <li key={id}>
            <button type="button" className="link" onClick={() => openConversation(id)}>
              {one.subject || t("customer.conversation")}
            </button>
            <span className="quiet">
              {dayText(one.opened_at, lang)} · {t(`state.${one.state}`)}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

function Facts360({ conversation }: { conversation: string }) {
  const t = useT();
  const lang = useLang();
  const { data, error, isPending, refetch } = useQuery(customerQuery(conversation));
  if (isPending) return <Loading lines={6} />;
  if (error) return <ErrorNote error={error} retry={() => void refetch()} />;
  if (!data.customer) return <p className="note-box">{t("customer.anonymous")}</p>;
  return (
    <>
      {data.stale_since && (
        <p className="note-box note-bad" role="status">
          {t("stale.wallet", clockText(data.stale_since, lang))}
        </p>
      )}
      <Who customer={data.customer} />
      <Balances accounts={data.accounts} />
      <Restrictions list={data.restrictions} />
      <section aria-label={t("customer.transactions")}>
        <h3 id="transactions">{t("customer.transactions")}</h3>
        <Transactions conversation={conversation} list={data.transactions as WalletTransaction[]} />
      </section>
      <section aria-label={t("customer.history")}>
        <h3>{t("customer.history")}</h3>
        <History list={data.history} current={conversation} />
      </section>
    </>
  );
}

export default function CustomerPanel({ conversation }: { conversation: string }) {
  const t = useT();
  return (
    <aside className="panel" aria-label={t("customer.title")}>
      <button type="button" className="link panel-close" onClick={() => panelOpen.set(false)}>
        {t("action.close_panel")}
      </button>
      <section aria-label={t("findings.title")}>
        <h3>{t("findings.title")}</h3>
        <Findings conversation={conversation} />
      </section>
      <Facts360 conversation={conversation} />
    </aside>
  );
}
