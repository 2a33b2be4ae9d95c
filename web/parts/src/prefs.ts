/** How this person reads: language and type size. Kept on the device. */

import { safeStorage } from "@walletdesk/proto/outbox";
import type { Lang } from "@walletdesk/proto/protocol";

import { Store } from "./store.ts";

export const TYPE_SIZES = [16, 18, 22, 26, 30] as const;
export const LARGE_FROM = 22;

export interface Prefs {
  lang: Lang;
  type: number;
}

const KEY = "wd.prefs";

function stored(): Partial<Prefs> {
  try {
    return JSON.parse(safeStorage()?.getItem(KEY) ?? "{}") as Partial<Prefs>;
  } catch {
    return {};
  }
}

function keep(change: Partial<Prefs>): void {
  try {
    safeStorage()?.setItem(KEY, JSON.stringify({ ...stored(), ...change }));
  } catch {
    // Not kept, but shown.
  }
}

/** A language in the address is a choice like any other. */
function initial(): Prefs {
  const asked = new URLSearchParams(location.search).get("lang");
  if (asked === "zh" || asked === "en") keep({ lang: asked });
  const kept = stored();
  const browser = navigator.language.toLowerCase().startsWith("zh") ? "zh" : "en";
  return { lang: kept.lang ?? browser, type: TYPE_SIZES.find((size) => size === kept.type) ?? TYPE_SIZES[0] };
}

export const prefs = new Store<Prefs>(initial());

/** Sets, keeps and shows; the page itself carries both as attributes for style and screen readers. */
export function setPrefs(change: Partial<Prefs>): void {
  prefs.set(change);
  keep(change);
  showPrefs();
}

/** The wallet's own setting counts until the customer chooses here. */
export function suggestPrefs(suggested: { lang?: Lang | undefined; large: boolean }): void {
  const kept = stored();
  const change: Partial<Prefs> = {};
  if (suggested.lang && !kept.lang) change.lang = suggested.lang;
  if (!kept.type) change.type = suggested.large ? LARGE_FROM : TYPE_SIZES[0];
  prefs.set(change);
  showPrefs();
}

export function showPrefs(): void {
  const { lang, type } = prefs.get();
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.documentElement.dataset["type"] = String(type);
}

export function isLarge(type: number): boolean {
  return type >= LARGE_FROM;
}
