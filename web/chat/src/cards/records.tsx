/** The entry, hold or rail event behind a statement: short to the eye, whole to the clipboard. */

import { useState } from "preact/hooks";

import { useTexts } from "../lib/texts.ts";

/** "entry/…/8841" -> ["entry", "8841"]: what it is and its last four. */
export function shortRecord(record: string): [kind: string, tail: string] {
  const [kind = "", ...rest] = record.split("/");
  const whole = kind === "entry" && rest.length > 1 ? rest.slice(-2).join("").replace(/-/g, "") : rest.join("").replace(/-/g, "");
  return [kind, whole.slice(-4)];
}

const KINDS = [
  "entry", "transfer", "hold", "rail_event", "notice", "restriction", "announcement", "settlement", "payment",
  "shop_answer", "rail_order", "rail_contact", "incident", "limit", "rule", "merchant", "account",
];
const SAID_MS = 2_000;

export function Records({ records }: { records: readonly (string | null)[] }) {
  const there = records.filter((record): record is string => !!record);
  if (!there.length) return null;
  return (
    <span class="records">
      {there.map((record) => (
        <RecordChip record={record} key={record} />
      ))}
    </span>
  );
}

function RecordChip({ record }: { record: string }) {
  const { t } = useTexts();
  const [said, say] = useState(false);
  const [kind, tail] = shortRecord(record);
  const name = t("record." + (KINDS.includes(kind) ? kind : "other"));
  const copy = async () => {
    await copyText(record);
    say(true);
    setTimeout(() => say(false), SAID_MS);
  };
  return (
    <button type="button" class="record" onClick={() => void copy()}>
      {said ? t("copied") : `${name} …${tail}`}
      <span class="unseen"> {t("record.copy")}</span>
      {said && (
        <span class="unseen" role="status">
          {t("copied")}
        </span>
      )}
    </button>
  );
}

/** The clipboard, with the old way where the page is not secure. */
export async function copyText(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
}
