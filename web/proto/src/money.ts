/** Money for people: integer minor units in, text in the reader's language out. */

import type { Lang, Money } from "./protocol.ts";

const LOCALES: Record<Lang, string> = { zh: "zh-CN", en: "en-GB" };
const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string, lang: Lang): Intl.NumberFormat {
  const key = lang + currency;
  let found = formats.get(key);
  if (!found) {
    found = new Intl.NumberFormat(LOCALES[lang], {
      style: "currency",
      currency,
      currencyDisplay: "narrowSymbol",
    });
    formats.set(key, found);
  }
  return found;
}

/** Digits after the point of a currency: 2 for CNY, 0 for JPY. */
export function exponent(currency: string): number {
  return format(currency, "en").resolvedOptions().maximumFractionDigits ?? 2;
}

/** "¥28.00". Exact to 2^53 minor units. */
export function moneyText(money: Money, lang: Lang): string {
  return format(money.currency, lang).format(money.minor / 10 ** exponent(money.currency));
}

/** "−¥28.00" with a true minus sign: the direction is never shown by colour alone. */
export function signedText(money: Money, sign: "-" | "+", lang: Lang): string {
  return (sign === "-" ? "−" : "+") + moneyText(money, lang);
}

/** Minor units of what somebody keyed in ("28.5" -> 2850), or null when it is no amount. */
export function minorFromText(text: string, currency: string): number | null {
  const digits = exponent(currency);
  const match = /^(\d{1,12})(?:\.(\d*))?$/.exec(text.trim());
  if (!match || (match[2] ?? "").length > digits) return null;
  return Number(match[1]) * 10 ** digits + Number((match[2] ?? "").padEnd(digits, "0") || "0");
}
