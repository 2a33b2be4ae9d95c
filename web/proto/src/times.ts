/** Times for people, in the reader's own zone. */

import type { Iso, Lang } from "./protocol.ts";

const LOCALES: Record<Lang, string> = { zh: "zh-CN", en: "en-GB" };
const YESTERDAY: Record<Lang, string> = { zh: "昨天", en: "Yesterday" };

function part(at: Date, lang: Lang, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(LOCALES[lang], { hourCycle: "h23", ...options }).format(at);
}

function daysBetween(a: Date, b: Date): number {
  const day = (d: Date) => Date.UTC(d.getFullYear(), d.getMonth(), d.getDate()) / 86_400_000;
  return day(b) - day(a);
}

/** "14:03", or "14:03:02" where seconds tell steps apart. */
export function clockText(at: Iso, lang: Lang, seconds = false): string {
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit" };
  return part(new Date(at), lang, seconds ? { ...options, second: "2-digit" } : options);
}

/** "12 Jun" / "6月12日"; with the year when it is not this one. */
export function dayText(at: Iso, lang: Lang, now: Date = new Date()): string {
  const date = new Date(at);
  const options: Intl.DateTimeFormatOptions = { month: lang === "zh" ? "long" : "short", day: "numeric" };
  return part(date, lang, date.getFullYear() === now.getFullYear() ? options : { ...options, year: "numeric" });
}

/** "14:03" today, "昨天 14:03", else with the day. */
export function whenText(at: Iso, lang: Lang, now: Date = new Date()): string {
  const days = daysBetween(new Date(at), now);
  const clock = clockText(at, lang);
  if (days === 0) return clock;
  return `${days === 1 ? YESTERDAY[lang] : dayText(at, lang, now)} ${clock}`;
}

/** Full date and time, for proofs. */
export function fullText(at: Iso, lang: Lang): string {
  return part(new Date(at), lang, { dateStyle: "medium", timeStyle: "medium" });
}

/** The local day an instant falls on, as a key for grouping ("2026-11-23"). */
export function dayKey(at: Iso): string {
  const d = new Date(at);
  return `${d.getFullYear()}-${String(d.getMonth() + 1).padStart(2, "0")}-${String(d.getDate()).padStart(2, "0")}`;
}
