/** Which box a row is in, and what comes first. Pure, so that server pages and live rows agree. */
import type { Box, Row } from "../api/types";
import type { Prefs } from "../app/prefs";

/** From this rung of the ladder on, a conversation is on the red list. */
export const RED_LEVEL = 4;

export function isOpen(row: Row): boolean {
  return row.state !== "resolved";
}

export function isMine(row: Row, me: string): boolean {
  return isOpen(row) && row.owner_id === me;
}

export function boxesOf(row: Row, me: string): Set<Box> {
  if (!isOpen(row)) return new Set<Box>(["resolved"]);
  const boxes = new Set<Box>(["all"]);
  if (isMine(row, me)) boxes.add("mine");
  if (row.state === "queued" || (row.owner_kind === "queue" && row.state !== "offered")) boxes.add("unassigned");
  return boxes;
}

export function isRed(row: Row): boolean {
  return isOpen(row) && row.level >= RED_LEVEL;
}

/** Whether the next word is ours: only then does a countdown press. */
export function waitsOnUs(row: Row): boolean {
  return isOpen(row) && row.state !== "wait_cust";
}

const time = (iso: string | null | undefined): number => (iso ? Date.parse(iso) : Number.POSITIVE_INFINITY);

function byDue(a: Row, b: Row): number {
  const red = Number(isRed(b)) - Number(isRed(a));
  if (red !== 0) return red;
  const ours = Number(waitsOnUs(b)) - Number(waitsOnUs(a));
  if (ours !== 0) return ours;
  return time(a.due_at) - time(b.due_at) || time(a.last_at) - time(b.last_at);
}

function byWaiting(a: Row, b: Row): number {
  return time(a.owed_since ?? a.waiting_since) - time(b.owed_since ?? b.waiting_since) || byDue(a, b);
}

function byLatest(a: Row, b: Row): number {
  return (b.last_at ? Date.parse(b.last_at) : 0) - (a.last_at ? Date.parse(a.last_at) : 0);
}

const ORDERS = { due: byDue, waiting: byWaiting, latest: byLatest };

function matches(row: Row, words: string[]): boolean {
  const text = [row.customer_name, row.last_text, row.subject, row.symptom, row.verdict, row.owner_name, row.skill]
    .join(" ")
    .toLowerCase();
  return words.every((word) => text.includes(word));
}

/** The rows of one box as they are shown. */
export function shownRows(rows: Row[], query: string, sort: Prefs["sort"]): Row[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = words.length > 0 ? rows.filter((row) => matches(row, words)) : [...rows];
  return found.sort(ORDERS[sort]);
}
