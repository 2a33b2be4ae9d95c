/** Balance, what one can do, the last transactions. */

import { useStore } from "@walletdesk/parts/store";
import type { WalletAccount } from "@walletdesk/proto/protocol";
import { clockText } from "@walletdesk/proto/times";
import { useState } from "preact/hooks";

import * as api from "../lib/api.ts";
import { useAsked } from "../lib/asked.ts";
import type { Open } from "../lib/doing.ts";
import { addressOf, go, type Route } from "../lib/route.ts";
import { currentMe, line } from "../lib/session.ts";
import { useTexts } from "../lib/texts.ts";
import { doings } from "../lib/wallet.ts";
import { Frame } from "../parts/frame.tsx";
import { Icon, type IconName } from "../parts/icons.tsx";
import { Notices } from "../parts/notices.tsx";
import { Problem, Skeleton, Stale } from "../parts/states.tsx";
import { Amount, TransactionList } from "../parts/transactions.tsx";

const SHOWN = 6;
const DOINGS: [Route & { name: "pay" | "transfer" | "top_up" }, IconName][] = [
  [{ name: "pay" }, "pay"],
  [{ name: "transfer" }, "transfer"],
  [{ name: "top_up" }, "top_up"],
];

function Balance({ one }: { one: WalletAccount }) {
  const { t, lang } = useTexts();
  return (
    <section class="balance" aria-label={t("balance")}>
      <p>{t("balance.available")}</p>
      <p class="big">
        <Amount minor={one.available_minor} currency={one.currency} />
      </p>
      <p class="also">
        {one.held_minor > 0 && (
          <span>
            {t("balance.held")} <Amount minor={one.held_minor} currency={one.currency} />
          </span>
        )}
        {one.as_of && <span>{t("as_of", clockText(one.as_of, lang))}</span>}
      </p>
    </section>
  );
}

function Doings() {
  const { t } = useTexts();
  return (
    <nav class="doings" aria-label={t("doings")}>
      {DOINGS.map(([route, icon]) => (
        <a
          key={route.name}
          href={addressOf(route)}
          onClick={(event) => {
            if (event.ctrlKey || event.metaKey || event.shiftKey) return;
            event.preventDefault();
            go(route);
          }}
        >
          <Icon name={icon} size={1.5} />
          <span>{t(`do.${route.name}`)}</span>
        </a>
      ))}
    </nav>
  );
}

/** An order whose answer never came: asking again is safe, and says what became of it. */
function Unanswered({ open, done }: { open: Open; done: () => void }) {
  const { t } = useTexts();
  const online = useStore(line, (now) => now.online);
  const [running, setRunning] = useState(false);
  const [told, tell] = useState<string | null>(null);
  const ask = async () => {
    if (running || !online) return;
    setRunning(true);
    const outcome = await doings.send(open);
    setRunning(false);
    if (outcome.is === "answered") go({ name: "result", id: outcome.transaction.id });
    else tell(outcome.is === "refused" ? outcome.text : t("move.unknown"));
  };
  return (
    <section class="card warned" aria-label={t("open.title")}>
      <h2>{t("open.title")}</h2>
      <p>
        {t(`do.${open.kind}`)} · {open.whom} · <Amount minor={open.order.amount_minor} currency={open.currency} />
      </p>
      <p role="status">{told ?? t("open.text")}</p>
      <div class="buttons">
        <button type="button" class="primary" aria-busy={running} aria-disabled={!online} onClick={() => void ask()}>
          {t("open.again")}
        </button>
        <button
          type="button"
          class="plain"
          onClick={() => {
            doings.forget();
            done();
          }}
        >
          {t("open.forget")}
        </button>
      </div>
    </section>
  );
}

function Recent() {
  const { t, lang } = useTexts();
  const asked = useAsked(`recent.${lang}`, () => api.transactions(null, SHOWN));
  const more: Route = { name: "bills" };
  return (
    <section aria-label={t("recent")}>
      <div class="section-head">
        <h2>{t("recent")}</h2>
        <a
          href={addressOf(more)}
          onClick={(event) => {
            event.preventDefault();
            go(more);
          }}
        >
          {t("recent.all")}
        </a>
      </div>
      <Stale asked={asked} />
      {asked.data ? (
        asked.data.transactions.length ? (
          <TransactionList list={asked.data.transactions} />
        ) : (
          <p class="card">{t("recent.none")}</p>
        )
      ) : asked.error ? (
        <Problem error={asked.error} retry={() => void asked.again()} />
      ) : (
        <Skeleton />
      )}
    </section>
  );
}

/** Only where there is a simulated world: things can be made to go wrong. */
function DemoEntry() {
  const { t, lang } = useTexts();
  const asked = useAsked(`faults.${lang}`, api.faults);
  if (!asked.data) return null;
  const now = asked.data.faults.find((one) => one.fault === asked.data!.fault);
  return (
    <section class="card demo-entry" aria-label={t("demo.title")}>
      <Icon name="flask" />
      <p class="what">
        <b>{t("demo.title")}</b>
        <small>{t("demo.now", now?.title ?? asked.data.fault)}</small>
      </p>
      <button type="button" class="plain" onClick={() => go({ name: "demo" })}>
        {t("demo.open")}
      </button>
    </section>
  );
}

export function Home() {
  const { t } = useTexts();
  const asked = useAsked("accounts", api.accounts);
  const me = currentMe();
  const [open, setOpen] = useState(() => doings.open(me?.id ?? ""));
  return (
    <Frame title={t("hello", me?.name ?? "")}>
      <Notices />
      <Stale asked={asked} />
      {asked.data ? (
        asked.data.map((one) => <Balance key={one.id} one={one} />)
      ) : asked.error ? (
        <Problem error={asked.error} retry={() => void asked.again()} />
      ) : (
        <div class="balance empty" aria-hidden="true" />
      )}
      <Doings />
      {open && <Unanswered open={open} done={() => setOpen(null)} />}
      <Recent />
      <DemoEntry />
    </Frame>
  );
}
