/** A fact's value in words. Yes, no and unknown are three different answers. */
import type { Translate } from "@walletdesk/proto/i18n";
import { moneyText } from "@walletdesk/proto/money";
import { whenText } from "@walletdesk/proto/times";
import type { Fact, Lang, Money } from "../api/types";

const ISO = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/;

function isMoney(value: unknown): value is Money {
  return typeof value === "object" && value !== null && "minor" in value && "currency" in value;
}

export function factText(fact: Fact, t: Translate, lang: Lang): string {
  if (fact.text) return fact.text;
  const { value } = fact;
  if (value === null || value === undefined) return t("fact.unknown");
  if (value === true) return t("fact.yes");
  if (value === false) return t("fact.no");
  if (isMoney(value)) return moneyText({ ...value, minor: Number(value.minor) }, lang);
  if (typeof value === "string" && ISO.test(value)) return whenText(value, lang);
  return String(value);
}

/** How a fact looks: only yes, no and unknown have a sign. */
export function factTone(value: unknown): "yes" | "no" | "unknown" | "plain" {
  if (value === null || value === undefined) return "unknown";
  if (value === true) return "yes";
  return value === false ? "no" : "plain";
}
