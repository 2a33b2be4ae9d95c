/** The virtual list of rows: links, so that the middle button works; arrows move, Enter opens. */
import { useEffect, useRef, useState, type KeyboardEvent } from "react";
import { useVirtualizer } from "@tanstack/react-virtual";
import type { Row } from "../api/types";
import { openConversation, place } from "../app/nav";
import { useStore } from "../live/store";
import { useT } from "../texts";
import { InboxRow } from "./InboxRow";
import { isMine, isRed } from "./order";

interface Props {
  rows: Row[];
  me: string;
  more: boolean;
  loadMore: () => Promise<void>;
}

const ROW_PX = 76;

/** Bring a row into view and put the focus on it, though it may not be drawn yet. */
function focusRow(list: HTMLElement, id: string): void {
  requestAnimationFrame(() => list.querySelector<HTMLElement>(`[data-row="${id}"]`)?.focus());
}

export function RowList({ rows, me, more, loadMore }: Props) {
  const t = useT();
  const list = useRef<HTMLDivElement>(null);
  const selected = useStore(place, (now) => now.id);
  const box = useStore(place, (now) => now.box);
  const [loading, setLoading] = useState(false);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => list.current,
    estimateSize: () => ROW_PX,
    overscan: 6,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const at = rows.findIndex((row) => row.id === selected);

  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
    // Only when another one is opened: rows that move must not drag the list along.
  }, [selected]);

  const move = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const focused = (event.target as HTMLElement).closest<HTMLElement>("[data-row]")?.dataset["row"];
    const next = rows[rows.findIndex((row) => row.id === focused) + step];
    if (step === 0 || !next || !list.current) return;
    event.preventDefault();
    virtual.scrollToIndex(rows.indexOf(next), { align: "auto" });
    focusRow(list.current, next.id);
  };
  const loadNext = async () => {
    setLoading(true);
    await loadMore().finally(() => setLoading(false));
  };

  return (
    <div className="rows" ref={list} onKeyDown={move}>
      <ul style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (!row) return null;
          const open = row.id === selected;
          return (
            <li key={row.id} style={{ transform: `translateY(${item.start}px)`, height: ROW_PX }}>
              <a
                href={`/console/c/${row.id}?box=${box}`}
                data-row={row.id}
                className={`row${isRed(row) ? " row-red" : ""}`}
                aria-current={open ? "true" : undefined}
                tabIndex={open || (at < 0 && item.index === 0) ? 0 : -1}
                onClick={(event) => {
                  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
                  event.preventDefault();
                  openConversation(row.id);
                }}
              >
                <InboxRow row={row} selected={open} mine={isMine(row, me)} />
              </a>
            </li>
          );
        })}
      </ul>
      {more && (
        <button type="button" className="more" disabled={loading} onClick={() => void loadNext()}>
          {loading ? t("loading") : t("inbox.more")}
        </button>
      )}
    </div>
  );
}
