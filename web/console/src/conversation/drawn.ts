/** From items to what is drawn: day lines, joined speakers, read marks. Pure; reuses what did not change. */
import { dayKey, dayText } from "@walletdesk/proto/times";
import type { Item, Lang } from "../api/types";

/** The sequence number of what the server has not numbered yet. */
export const PENDING_SEQ = Number.MAX_SAFE_INTEGER;

export interface Drawn {
  item: Item;
  /** The day to write above it, when it is the first of a day. */
  day: string | null;
  /** Same author as before, shortly after: name and time need not be repeated. */
  joined: boolean;
  /** For what the desk said: whether the customer has read it. */
  read: boolean | null;
  mine: boolean;
  /** On its way to the server. */
  pending: boolean;
}

const JOIN_WITHIN_MS = 3 * 60_000;

function joins(before: Item | undefined, item: Item): boolean {
  if (!before || item.kind === "status" || before.kind === "status") return false;
  if (before.author.kind !== item.author.kind || before.author.name !== item.author.name) return false;
  if ((before.kind === "note") !== (item.kind === "note")) return false;
  return Date.parse(item.at) - Date.parse(before.at) < JOIN_WITHIN_MS;
}

export interface Eyes {
  lang: Lang;
  myName: string;
  customerReadSeq: number;
}

function readMark(item: Item, eyes: Eyes): boolean | null {
  const said = item.author.kind === "agent" || item.author.kind === "bot";
  if (item.seq === PENDING_SEQ) return null;
  if (!said || item.kind === "note" || item.audience === "staff") return null;
  return item.seq <= eyes.customerReadSeq;
}

function same(a: Drawn, b: Drawn): boolean {
  return a.item === b.item && a.day === b.day && a.joined === b.joined && a.read === b.read && a.pending === b.pending && a.mine === b.mine;
}

/** Draw all; what is unchanged keeps its identity, so that ten thousand memoised items stay quiet. */
export function draw(items: readonly Item[], eyes: Eyes, before: ReadonlyMap<string, Drawn>): Drawn[] {
  return items.map((item, index) => {
    const last = items[index - 1];
    const newDay = !last || dayKey(last.at) !== dayKey(item.at);
    const next: Drawn = {
      item,
      day: newDay ? dayText(item.at, eyes.lang) : null,
      joined: !newDay && joins(last, item),
      read: readMark(item, eyes),
      pending: item.seq === PENDING_SEQ,
      mine: item.author.kind === "agent" && item.author.name === eyes.myName,
    };
    const old = before.get(item.id);
    return old && same(old, next) ? old : next;
  });
}
