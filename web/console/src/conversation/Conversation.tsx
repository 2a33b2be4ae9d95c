/** One conversation: who, how it stands and until when; the talk; and the box to answer. */
import { useEffect } from "react";
import { Button } from "antd";
import { whenText } from "@walletdesk/proto/times";
import type { Row } from "../api/types";
import { openConversation } from "../app/nav";
import { panelOpen } from "../app/screen";
import { isMine } from "../inbox/order";
import { timeLeft } from "../inbox/wait";
import { useNow } from "../live/clock";
import { inbox } from "../live/inbox";
import { currentMe } from "../live/session";
import type { Store } from "../live/store";
import { useStore } from "../live/store";
import { load, threadOf, unwatch, watch, type Thread } from "../live/threads";
import { line } from "../live/wire";
import { useLang, useT } from "../texts";
import { ErrorNote, Loading } from "../ui/states";
import { Composer } from "./Composer";
import { accept, release, resolve } from "./flow";
import { Items } from "./Items";
import { Suggestions } from "./Suggestions";

function Countdown({ row }: { row: Row }) {
  const t = useT();
  const left = timeLeft(row, useNow(), t);
  return left ? <span className={`left left-${left.tone}`}>{left.text}</span> : null;
}

function Buttons({ row }: { row: Row }) {
  const t = useT();
  const mine = isMine(row, currentMe()?.id ?? "");
  const online = useStore(line, (now) => now.status === "online");
  const takable = !mine || row.state === "offered";
  return (
    <>
      {row.state !== "resolved" && takable && (
        <Button size="small" type="primary" disabled={!online} onClick={() => void accept(row.id)}>
          {t("action.accept")} <kbd>Alt A</kbd>
        </Button>
      )}
      {mine && row.state !== "offered" && (
        <Button size="small" disabled={!online} onClick={() => void release(row.id)}>
          {t("action.release")}
        </Button>
      )}
      {row.state !== "resolved" && !takable && (
        <Button size="small" disabled={!online} onClick={() => void resolve(row.id)}>
          {t("action.resolve")} <kbd>Alt E</kbd>
        </Button>
      )}
      <Button size="small" className="show-panel" onClick={() => panelOpen.update((open) => !open)}>
        {t("action.customer")}
      </Button>
    </>
  );
}

function Head({ row, thread }: { row: Row; thread: Store<Thread> }) {
  const t = useT();
  const lang = useLang();
  const promise = useStore(thread, (now) => now.state?.promise ?? null);
  return (
    <header className="talk-head">
      <Button size="small" className="back" onClick={() => openConversation(null)} aria-label={t("action.back")}>
        ←
      </Button>
      <div className="talk-who">
        <h2>{row.customer_name || t("row.anonymous")}</h2>
        {row.large_type && <span className="mark mark-large">{t("row.large_long")}</span>}
        <span className="mark">{t(`locale.${row.locale}`)}</span>
        <span className="mark">{t(`state.${row.state}`)}</span>
        {row.owner_name && <span className="quiet">{row.owner_name}</span>}
        <Countdown row={row} />
        {promise && (
          <span className="quiet promise">
            {promise.text || t("talk.promise", whenText(promise.by, lang))}
          </span>
        )}
      </div>
      <div className="talk-buttons">
        <Buttons row={row} />
      </div>
    </header>
  );
}

function Typing({ thread }: { thread: Store<Thread> }) {
  const t = useT();
  const now = useNow();
  const customer = useStore(thread, (one) => one.customerTypingUntil);
  const colleague = useStore(thread, (one) => one.colleagueTypingUntil);
  return (
    <p className="typing" role="status">
      {customer > now ? t("typing.customer") : colleague > now ? t("typing.colleague") : ""}
    </p>
  );
}

function WhyNot({ row }: { row: Row }) {
  const t = useT();
  const theirs = row.owner_name !== null && !isMine(row, currentMe()?.id ?? "");
  if (row.state === "resolved") return <p className="why-not">{t("composer.resolved")}</p>;
  return (
    <p className="why-not">
      {t(theirs ? "composer.theirs" : "composer.take_first", row.owner_name ?? "")}{" "}
      <Button size="small" type="primary" onClick={() => void accept(row.id)}>
        {t("action.accept")} <kbd>Alt A</kbd>
      </Button>
    </p>
  );
}

function Body({ row, thread }: { row: Row; thread: Store<Thread> }) {
  const mine = isMine(row, currentMe()?.id ?? "");
  const mayAnswer = mine && row.state !== "offered";
  return (
    <>
      <Head row={row} thread={thread} />
      <Items key={row.id} thread={thread} />
      <Typing thread={thread} />
      {mayAnswer && <Suggestions thread={thread} />}
      {mayAnswer ? <Composer row={row} /> : <WhyNot row={row} />}
    </>
  );
}

export function Conversation({ id }: { id: string }) {
  const t = useT();
  const thread = threadOf(id);
  const is = useStore(thread, (now) => now.is);
  const error = useStore(thread, (now) => now.error);
  const row = useStore(inbox, (now) => now.rows.get(id));
  useEffect(() => {
    watch(id);
    return unwatch;
  }, [id]);
  return (
    <main className="conversation" aria-label={t("talk.title")}>
      {is === "error" && error && <ErrorNote error={error} retry={() => void load(id)} />}
      {is === "loading" && <Loading lines={6} />}
      {is === "ready" && row && <Body row={row} thread={thread} />}
    </main>
  );
}
