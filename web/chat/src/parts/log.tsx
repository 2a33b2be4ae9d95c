/**
 * The conversation as a log: a polite live region in which only what is new is announced. Shows a
 * window of the last rows; the reader's place stays where it is unless he is at the end.
 */

import { dayText } from "@walletdesk/proto/times";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";

import { choicesMade, rowsOf, type Row } from "../lib/rows.ts";
import { useTexts } from "../lib/texts.ts";
import { useDesk, useModel } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { lazy } from "./lazy.tsx";
import { RowView } from "./row.tsx";
import { Skeleton } from "./states.tsx";
import { Typing } from "./typing.tsx";

const QueueCard = lazy("QueueCard");
const UploadRow = lazy("UploadRow");
const WINDOW = 60;
const NEAR_END_PX = 120;
const GAP_PX = 12;

/** Where the focus goes when what had it goes away. */
export function focusLog(): void {
  document.getElementById("log")?.focus({ preventScroll: true });
}

function useRows(): Row[] {
  const transcript = useModel((m) => m.transcript);
  const entries = useModel((m) => m.entries);
  const line = useModel((m) => m.line);
  const state = useModel((m) => m.state);
  return useMemo(() => rowsOf({ transcript, entries, line, state }), [transcript, entries, line, state]);
}

/** Keeps the end in view while the reader is there; what is new and tall shows its beginning. */
function useFollow(last: string | undefined, extra: unknown) {
  const log = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  const [away, setAway] = useState(false);
  const follow = () => {
    const area = log.current!;
    area.scrollTop = area.scrollHeight;
    setAway(false);
  };
  const onScroll = () => {
    const { scrollHeight, scrollTop, clientHeight } = log.current!;
    atEnd.current = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (atEnd.current) setAway(false);
  };
  const before = useRef<string | undefined>(undefined);
  useLayoutEffect(() => {
    const area = log.current!;
    const rowOf = (key: string | undefined) => area.querySelector<HTMLElement>(`[data-row="${key}"]`);
    const isNew = before.current !== last;
    const first = isNew && ((rowOf(before.current)?.nextElementSibling as HTMLElement | null | undefined) ?? rowOf(last));
    before.current = last;
    if (!atEnd.current && !(first && first.dataset["mine"] === "true")) {
      if (isNew) setAway(true);
      return;
    }
    follow();
    // More than fits: what is new is read from its beginning.
    if (first && area.scrollHeight - first.offsetTop > area.clientHeight) area.scrollTop = first.offsetTop - GAP_PX;
  }, [last, extra]);
  useEffect(() => {
    const watcher = new ResizeObserver(() => atEnd.current && follow());
    watcher.observe(log.current!);
    return () => watcher.disconnect();
  }, []);
  return { log, onScroll, away, follow };
}

export function Log() {
  const { t, lang } = useTexts();
  const desk = useDesk();
  const rows = useRows();
  const caughtUp = useModel((m) => m.caughtUp);
  const uploads = useModel((m) => m.uploads);
  const typing = useModel((m) => m.typing);
  const state = useModel((m) => m.state?.state);
  const queue = useModel((m) => m.queue?.as_of);
  const [size, setSize] = useState(WINDOW);
  const shown = rows.slice(-size);
  const made = useMemo(() => choicesMade(rows), [rows]);
  const last = rows[rows.length - 1]?.key;
  const { log, onScroll, away, follow } = useFollow(last, `${typing}${state}${queue}${uploads.length}`);

  useEffect(() => desk.markRead());
  useEffect(() => {
    const seen = () => desk.markRead();
    document.addEventListener("visibilitychange", seen);
    return () => document.removeEventListener("visibilitychange", seen);
  }, []);

  return (
    <div class="log-place">
      <div
        id="log"
        class="log"
        role="log"
        aria-label={t("log")}
        aria-live={caughtUp ? "polite" : "off"}
        aria-busy={!caughtUp && !rows.length}
        tabIndex={0}
        ref={log}
        onScroll={onScroll}
      >
        {rows.length > shown.length && (
          <button
            type="button"
            class="plain older"
            onClick={() => {
              setSize(size + WINDOW);
              focusLog();
            }}
          >
            {t("older", rows.length - shown.length)}
          </button>
        )}
        {!rows.length && (caughtUp ? <p class="event">{t("empty")}</p> : <Skeleton />)}
        <ul>
          {shown.map((row) => (
            <li key={row.key} data-row={row.key} data-mine={row.item.author.kind === "customer"}>
              {row.newDay && <p class="day">{dayText(row.item.at, lang)}</p>}
              <RowView row={row} chosen={made.get(row.item.id) ?? null} />
            </li>
          ))}
          {uploads.map((upload) => (
            <li key={upload.id}>
              <UploadRow upload={upload} />
            </li>
          ))}
        </ul>
        {(state === "queued" || state === "offered") && <QueueCard />}
        <Typing />
      </div>
      {away && (
        <button
          type="button"
          class="new-below"
          onClick={() => {
            follow();
            focusLog();
          }}
        >
          <Icon name="down" size={1} /> {t("new.below")}
        </button>
      )}
    </div>
  );
}
