/** The finding as plain text: what a customer shows the shop, or keeps. */

import { moneyText } from "@walletdesk/proto/money";
import type { FindingCard } from "@walletdesk/proto/protocol";
import { fullText } from "@walletdesk/proto/times";

import type { Texts } from "../lib/texts.ts";
import { stepWord } from "./finding.tsx";

export function proofText(card: FindingCard, { t, lang }: Texts): string {
  const { transaction: tx } = card;
  const lines = [`${t("proof.title")} ${card.evidence_no}`, t("as_of", fullText(card.as_of, lang)), ""];
  if (tx) {
    lines.push(`${tx.name}  ${moneyText(tx.amount, lang)}  ${fullText(tx.at, lang)}`);
    lines.push(t("proof.transaction", tx.id));
    if (tx.order_no) lines.push(t("proof.order", tx.order_no));
    lines.push("");
  }
  lines.push(card.headline, "", `${t("finding.timeline")}:`);
  for (const step of card.timeline) {
    const when = step.at ? fullText(step.at, lang) : "-";
    lines.push(`[${t(stepWord(step.ok))}] ${when}  ${step.text}${step.record ? `  (${step.record})` : ""}`);
  }
  const withRecords = (text: string, records: string[]) => text + (records.length ? `  (${records.join(", ")})` : "");
  lines.push("", `${t("finding.money")}: ${withRecords(card.money.text, card.money.records)}`);
  lines.push(`${t("finding.next")}: ${withRecords(card.next.text, card.next.records)}`);
  return lines.join("\n");
}

/** Hands the text to the reader as a file. */
export function saveText(name: string, text: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
