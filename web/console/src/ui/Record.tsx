/** A record's reference, shortened to what people compare (last four), copied whole on a click. */
import { toast } from "../app/toasts";
import { useNamed, useT } from "../texts";

function copy(text: string, done: string): void {
  void navigator.clipboard?.writeText(text).then(() => toast("good", done));
}

/** "entry/7/12" -> "entry …7/12"; uuids keep their last four. */
export function shortRecord(record: string): { kind: string; tail: string } {
  const cut = record.indexOf("/");
  const kind = cut < 0 ? record : record.slice(0, cut);
  const rest = cut < 0 ? "" : record.slice(cut + 1);
  const tail = rest.length > 8 ? `…${rest.replaceAll("-", "").slice(-4)}` : rest;
  return { kind, tail };
}

export function Record({ record }: { record: string }) {
  const t = useT();
  const named = useNamed();
  const { kind, tail } = shortRecord(record);
  return (
    <button type="button" className="record" title={record} onClick={() => copy(record, t("copied", record))}>
      <span className="sr">{t("record.copy")} </span>
      {named("record", kind)} {tail}
    </button>
  );
}

export function Records({ records }: { records: readonly string[] | undefined }) {
  if (!records?.length) return null;
  return (
    <span className="records">
      {records.map((record) => (
        <Record key={record} record={record} />
      ))}
    </span>
  );
}
