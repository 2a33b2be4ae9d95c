/** What the keypad writes. Pure: a text and a key in, a text out. */

import { exponent, minorFromText } from "@walletdesk/proto/money";

export const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "back"] as const;
export type Key = (typeof KEYS)[number];

const WHOLE_DIGITS_MAX = 7;

/** The text after a key; a key that would make it no amount changes nothing. */
export function press(text: string, key: Key, currency: string): string {
  if (key === "back") return text.slice(0, -1);
  return clean(text + key, currency) ?? text;
}

/** An amount as it may stand in the field, or null: "007" is 7, ".5" is 0.5, no third decimal. */
export function clean(text: string, currency: string): string | null {
  const digits = exponent(currency);
  const plain = text.replace(/[,，\s]/g, "").replace("。", ".").replace(/^0+(?=\d)/, "").replace(/^\./, "0.");
  if (plain === "") return "";
  const match = /^(\d+)(\.(\d*))?$/.exec(plain);
  if (!match || match[1]!.length > WHOLE_DIGITS_MAX) return null;
  if (match[2] !== undefined && digits === 0) return null;
  return (match[3] ?? "").length > digits ? null : plain;
}

/** Minor units, or null while it is no amount above zero. */
export function minorOf(text: string, currency: string): number | null {
  const minor = minorFromText(text.replace(/\.$/, ""), currency);
  return minor ? minor : null;
}
