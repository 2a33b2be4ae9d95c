/** All rows known here, and which box each belongs to. One socket keeps them fresh; nothing is polled. */
import type { Box, Counts, Row } from "../api/types";
import * as desk from "../api/desk";
import { ApiRefusal } from "../api/http";
import { boxesOf } from "../inbox/order";
import { Store } from "./store";
import { currentMe } from "./session";
import { hear, line } from "./wire";

export const BOXES: Box[] = ["mine", "unassigned", "all", "resolved"];

export interface BoxState {
  is: "empty" | "loading" | "ready" | "error";
  ids: ReadonlySet<string>;
  next: string | null;
  error: ApiRefusal | null;
  at: number;
}

export interface Inbox {
  rows: ReadonlyMap<string, Row>;
  boxes: Record<Box, BoxState>;
  counts: Counts | null;
}

const FRESH: BoxState = { is: "empty", ids: new Set(), next: null, error: null, at: 0 };
const COUNTS_EVERY_MS = 15_000;

function fresh(): Inbox {
  return { rows: new Map(), boxes: { mine: FRESH, unassigned: FRESH, all: FRESH, resolved: FRESH }, counts: null };
}

export const inbox = new Store<Inbox>(fresh());

function setBox(box: Box, change: Partial<BoxState>): void {
  inbox.update((old) => ({ ...old, boxes: { ...old.boxes, [box]: { ...old.boxes[box], ...change } } }));
}

/** Load a box from its start, or the next page of it. Rows that came by socket meanwhile stay. */
export async function loadBox(box: Box, more = false): Promise<void> {
  const before = inbox.get().boxes[box];
  if (before.is === "loading" || (more && before.next === null)) return;
  setBox(box, { is: before.ids.size > 0 ? "ready" : "loading", error: null });
  try {
    const page = await desk.inbox(box, more ? before.next : null);
    inbox.update((old) => {
      const rows = new Map(old.rows);
      for (const row of page.rows) rows.set(row.id, row);
      const ids = new Set(more ? old.boxes[box].ids : []);
      for (const row of page.rows) ids.add(row.id);
      const state: BoxState = { is: "ready", ids, next: page.next, error: null, at: Date.now() };
      return { rows, boxes: { ...old.boxes, [box]: state }, counts: { ...old.counts, ...page.counts } };
    });
  } catch (error) {
    if (error instanceof ApiRefusal) setBox(box, { is: before.ids.size > 0 ? "ready" : "error", error });
    else throw error;
  }
}

function changedCounts(counts: Counts | null, before: Set<Box>, after: Set<Box>): Counts | null {
  if (!counts) return counts;
  const next = { ...counts };
  for (const box of BOXES) {
    const step = Number(after.has(box)) - Number(before.has(box));
    if (next[box] !== undefined) next[box] = Math.max(0, next[box] + step);
  }
  return next;
}

/** Put one row in its boxes; a row never seen before makes the counts worth asking for. */
export function applyRow(row: Row, counts?: Counts): void {
  const me = currentMe();
  if (!me) return;
  const old = inbox.get();
  const known = old.rows.get(row.id);
  const before = known ? boxesOf(known, me.id) : null;
  const after = boxesOf(row, me.id);
  const boxes = { ...old.boxes };
  for (const box of BOXES) {
    if (boxes[box].ids.has(row.id) === after.has(box)) continue;
    const ids = new Set(boxes[box].ids);
    if (after.has(box)) ids.add(row.id);
    else ids.delete(row.id);
    boxes[box] = { ...boxes[box], ids };
  }
  const rows = new Map(old.rows).set(row.id, row);
  inbox.set({ rows, boxes, counts: counts ?? (before ? changedCounts(old.counts, before, after) : old.counts) });
  if (!before && !counts) askForCounts();
}

let asking: number | undefined;

/** At most one small request in 15 s, however many rows arrive. */
function askForCounts(): void {
  asking ??= window.setTimeout(() => {
    asking = undefined;
    desk.inbox("mine", null, 1).then(
      (page) => inbox.update((old) => ({ ...old, counts: { ...old.counts, ...page.counts } })),
      () => undefined,
    );
  }, COUNTS_EVERY_MS);
}

/** After the line was down, whatever was loaded is asked for once more. */
function refresh(): void {
  for (const box of BOXES) if (inbox.get().boxes[box].is !== "empty") void loadBox(box);
}

export function forgetInbox(): void {
  inbox.set(fresh());
}

export function listenInbox(): void {
  hear("inbox", (frame) => applyRow(frame.row, (frame as { counts?: Counts }).counts));
  let wasOnline = line.get().status === "online";
  let seen = line.get().ever;
  line.subscribe(() => {
    const now = line.get();
    if (now.status === "online" && !wasOnline && seen) refresh();
    wasOnline = now.status === "online";
    seen = now.ever;
  });
}
