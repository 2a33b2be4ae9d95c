/** The talk itself, virtual: ten thousand items cost as much as what fits on the screen. */
import type { Entry } from "@walletdesk/proto/outbox";
import { useEffect, useMemo, useRef, useState } from "react";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { Item, StaffSayFrame } from "../api/types";
import { asItem, unsent } from "../live/say";
import { currentMe } from "../live/session";
import type { Store } from "../live/store";
import { useStore } from "../live/store";
import { loadOlder, readUpTo, type Thread } from "../live/threads";
import { useLang, useT } from "../texts";
import { draw, PENDING_SEQ, type Drawn, type Eyes } from "./drawn";
import { ItemView } from "./ItemView";
import { Unsent } from "./Unsent";

const NEAR_TOP_PX = 200;
const NEAR_END_PX = 80;
const GUESS_PX = 72;

/** What is said and not yet acknowledged stands at the end; it keeps its id, so that nothing jumps later. */
function onTheWay(thread: Thread, entries: readonly Entry<StaffSayFrame>[]): Item[] {
  return entries
    .filter((entry) => entry.frame.conversation === thread.id && entry.failed === null)
    .map((entry) => asItem(entry.frame, PENDING_SEQ, entry.at));
}

function useDrawn(thread: Store<Thread>): Drawn[] {
  const items = useStore(thread, (now) => now.transcript.items);
  const customerReadSeq = useStore(thread, (now) => now.state?.customer_read_seq ?? 0);
  const lang = useLang();
  const before = useRef<ReadonlyMap<string, Drawn>>(new Map());
  const entries = useStore(unsent, (now) => now);
  return useMemo(() => {
    const eyes: Eyes = { lang, myName: currentMe()?.name ?? "", customerReadSeq };
    const drawn = draw([...items, ...onTheWay(thread.get(), entries)], eyes, before.current);
    before.current = new Map(drawn.map((one) => [one.item.id, one]));
    return drawn;
  }, [thread, items, entries, customerReadSeq, lang]);
}

/** Tell the customer that we have read, once the end is on a visible screen. */
function useReading(thread: Store<Thread>, atEnd: boolean): void {
  const lastSeq = useStore(thread, (now) => now.transcript.lastSeq);
  const ready = useStore(thread, (now) => now.state !== null);
  useEffect(() => {
    const read = () => {
      if (atEnd && ready && document.visibilityState === "visible") readUpTo(thread.get().id, lastSeq);
    };
    read();
    document.addEventListener("visibilitychange", read);
    window.addEventListener("focus", read);
    return () => {
      document.removeEventListener("visibilitychange", read);
      window.removeEventListener("focus", read);
    };
  }, [thread, atEnd, lastSeq, ready]);
}

/** What a screen reader hears: only the newest words of the customer, once. */
function Announcer({ drawn }: { drawn: Drawn[] }) {
  const last = drawn.at(-1);
  const [first] = useState(() => last?.item.seq ?? 0);
  const heard = last && last.item.seq > first && last.item.author.kind === "customer" ? last.item : null;
  return (
    <p className="sr" role="status">
      {heard ? `${heard.author.name ?? ""} ${heard.text}` : ""}
    </p>
  );
}

export function Items({ thread }: { thread: Store<Thread> }) {
  const t = useT();
  const box = useRef<HTMLDivElement>(null);
  const drawn = useDrawn(thread);
  const more = useStore(thread, (now) => now.more);
  const loadingOlder = useStore(thread, (now) => now.loadingOlder);
  const [atEnd, setAtEnd] = useState(true);
  const virtual = useVirtualizer({
    count: drawn.length,
    getScrollElement: () => box.current,
    estimateSize: () => GUESS_PX,
    getItemKey: (index) => drawn[index]?.item.id ?? index,
    overscan: 8,
    anchorTo: "end",
    followOnAppend: true,
    scrollEndThreshold: NEAR_END_PX,
  });
  useReading(thread, atEnd);

  useEffect(() => {
    if (drawn.length > 0) virtual.scrollToIndex(drawn.length - 1, { align: "end" });
    // Once, when the conversation opens: later the anchor keeps the place.
  }, [drawn.length > 0]);

  const onScroll = () => {
    const element = box.current;
    if (!element) return;
    setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END_PX);
    if (element.scrollTop < NEAR_TOP_PX && more) void loadOlder(thread.get().id);
  };

  return (
    <div className="talk">
      <div className="items" ref={box} onScroll={onScroll} tabIndex={0} role="region" aria-label={t("talk.items")}>
        {more && (
          <button type="button" className="more" disabled={loadingOlder} onClick={() => void loadOlder(thread.get().id)}>
            {loadingOlder ? t("loading") : t("talk.older")}
          </button>
        )}
        <ul className="items-list" style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((row) => {
            const one = drawn[row.index];
            if (!one) return null;
            return (
              <li
                key={one.item.id}
                ref={virtual.measureElement}
                data-index={row.index}
                data-seq={one.item.seq}
                style={{ transform: `translateY(${row.start}px)` }}
                aria-setsize={more ? -1 : drawn.length}
                aria-posinset={row.index + 1}
              >
                <ItemView drawn={one} />
              </li>
            );
          })}
        </ul>
      </div>
      <Unsent thread={thread} />
      {!atEnd && (
        <button
          type="button"
          className="to-end"
          onClick={() => virtual.scrollToIndex(drawn.length - 1, { align: "end" })}
        >
          ↓ {t("talk.to_end")}
        </button>
      )}
      <Announcer drawn={drawn} />
    </div>
  );
}
