/** How long something still takes or already took, in words short enough for a list. */
import type { Translate } from "@walletdesk/proto/i18n";
import type { Row } from "../api/types";
import { isRed } from "./order";

export interface Left {
  text: string;
  tone: "calm" | "soon" | "late";
}

const SOON_MS = 60_000;

function minutesSeconds(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** "0:42" below ten minutes, then minutes, hours, days: nobody needs seconds of an hour. */
export function span(ms: number, t: Translate): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 10) return minutesSeconds(ms);
  if (minutes < 60) return t("span.minutes", minutes);
  if (minutes < 24 * 60) return t("span.hours", Math.floor(minutes / 60));
  return t("span.days", Math.floor(minutes / 1440));
}

/** Time left of the promise, or null where no countdown presses. */
export function timeLeft(row: Row, now: number, t: Translate): Left | null {
  if (row.state === "resolved" || row.due_at === null) return null;
  if (row.state === "wait_cust") return { text: t("left.customer"), tone: "calm" };
  const left = Date.parse(row.due_at) - now;
  if (left < 0) return { text: t("left.late", span(-left, t)), tone: "late" };
  const tone = isRed(row) ? "late" : left < SOON_MS ? "soon" : "calm";
  return { text: t("left.left", span(left, t)), tone };
}

/** How long the customer has been waiting for a word, or null when nothing is owed. */
export function waited(row: Row, now: number, t: Translate): string | null {
  const since = row.owed_since ?? row.waiting_since;
  if (!since || row.state === "resolved" || row.state === "wait_cust") return null;
  return t("row.waiting", span(Math.max(0, now - Date.parse(since)), t));
}
