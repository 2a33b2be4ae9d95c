/** The list an agent works from: four boxes, search, order, and rows that move as the desk moves. */
import { useEffect, useMemo, useState } from "react";
import type { Box } from "../api/types";
import { openBox, place } from "../app/nav";
import { prefs, setPrefs, type Prefs } from "../app/prefs";
import { listQuery, shownIds } from "../app/screen";
import { BOXES, inbox, loadBox } from "../live/inbox";
import { currentMe } from "../live/session";
import { useStore } from "../live/store";
import { useT } from "../texts";
import { shownRows } from "./order";
import { RowList } from "./RowList";
import { ErrorNote, Loading } from "../ui/states";

const SORTS: Prefs["sort"][] = ["due", "waiting", "latest"];

/** The server counts up to a thousand: beyond it the number is only "many". */
const COUNTED_MAX = 1000;
const countText = (count: number) => (count >= COUNTED_MAX ? `${COUNTED_MAX - 1}+` : String(count));

function Boxes({ box }: { box: Box }) {
  const t = useT();
  const counts = useStore(inbox, (now) => now.counts);
  return (
    <div className="boxes" role="group" aria-label={t("inbox.boxes")}>
      {BOXES.map((one) => (
        <button key={one} type="button" aria-pressed={one === box} onClick={() => openBox(one)}>
          {t(`box.${one}`)}
          {counts?.[one] !== undefined && <span className="count">{countText(counts[one])}</span>}
        </button>
      ))}
    </div>
  );
}

function Filter() {
  const t = useT();
  const query = useStore(listQuery, (now) => now);
  const sort = useStore(prefs, (now) => now.sort);
  return (
    <div className="filter">
      <input
        id="inbox-search"
        type="search"
        value={query}
        placeholder={t("inbox.search")}
        aria-label={t("inbox.search")}
        onChange={(event) => listQuery.set(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          listQuery.set("");
          event.currentTarget.blur();
        }}
      />
      <select
        value={sort}
        aria-label={t("inbox.sort")}
        onChange={(event) => setPrefs({ sort: event.target.value as Prefs["sort"] })}
      >
        {SORTS.map((one) => (
          <option key={one} value={one}>
            {t(`sort.${one}`)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** Rows of the box in the order shown. The order is taken anew at most once a second. */
function useShown(box: Box) {
  const rows = useStore(inbox, (now) => now.rows);
  const ids = useStore(inbox, (now) => now.boxes[box].ids);
  const query = useStore(listQuery, (now) => now);
  const sort = useStore(prefs, (now) => now.sort);
  return useMemo(() => {
    const found = [...ids].flatMap((id) => rows.get(id) ?? []);
    return shownRows(found, query, box === "resolved" ? "latest" : sort);
  }, [rows, ids, query, sort, box]);
}

function Empty({ box, filtered }: { box: Box; filtered: boolean }) {
  const t = useT();
  const counts = useStore(inbox, (now) => now.counts);
  if (filtered) return <p className="empty">{t("inbox.none_found")}</p>;
  const waiting = box === "mine" ? (counts?.unassigned ?? 0) : 0;
  return (
    <div className="empty">
      <p>{t(`empty.${box}`)}</p>
      {waiting > 0 && (
        <button type="button" className="link" onClick={() => openBox("unassigned")}>
          {t("empty.see_unassigned", waiting)}
        </button>
      )}
    </div>
  );
}

export function Inbox() {
  const t = useT();
  const box = useStore(place, (now) => now.box);
  const state = useStore(inbox, (now) => now.boxes[box]);
  const query = useStore(listQuery, (now) => now);
  const shown = useShown(box);
  const [me] = useState(() => currentMe()?.id ?? "");

  useEffect(() => {
    if (inbox.get().boxes[box].at === 0) void loadBox(box);
  }, [box]);
  useEffect(() => shownIds.set(shown.map((row) => row.id)), [shown]);

  return (
    <nav className="inbox" aria-label={t("inbox.title")}>
      <Boxes box={box} />
      <Filter />
      {state.error && <ErrorNote error={state.error} retry={() => void loadBox(box)} />}
      {state.at === 0 && state.is === "loading" && shown.length === 0 && <Loading lines={8} />}
      {state.is === "ready" && shown.length === 0 && <Empty box={box} filtered={query.trim() !== ""} />}
      {shown.length > 0 && <RowList rows={shown} me={me} more={state.next !== null} loadMore={() => loadBox(box, true)} />}
    </nav>
  );
}
