/** One line of the inbox: who, what, how long still. Words carry the meaning, colour only helps. */
import { memo } from "react";
import { whenText } from "@walletdesk/proto/times";
import type { Row } from "../api/types";
import { hasDraft } from "../conversation/drafts";
import { useNow } from "../live/clock";
import { useLang, useNamed, useT } from "../texts";
import { isRed } from "./order";
import { timeLeft, waited } from "./wait";

interface Props {
  row: Row;
  selected: boolean;
  mine: boolean;
}

function TimeLeft({ row }: { row: Row }) {
  const t = useT();
  const left = timeLeft(row, useNow(), t);
  return left ? <span className={`left left-${left.tone}`}>{left.text}</span> : null;
}

function Marks({ row, mine }: { row: Row; mine: boolean }) {
  const t = useT();
  const named = useNamed();
  const waiting = waited(row, useNow(), t);
  return (
    <span className="row-marks">
      {isRed(row) && <span className="mark mark-red">{t("row.red", row.level)}</span>}
      {!isRed(row) && row.level > 0 && <span className="mark mark-warn">{t("row.level", row.level)}</span>}
      <span className="mark">{t(`state.${row.state}`)}</span>
      {row.symptom && <span className="mark mark-topic">{named("symptom", row.symptom)}</span>}
      {row.verdict && <span className="mark mark-verdict">{named("verdict", row.verdict)}</span>}
      {row.priority_class === 0 && row.state !== "resolved" && <span className="mark mark-warn">{t("row.urgent")}</span>}
      {waiting && <span className="quiet">{waiting}</span>}
      {!mine && row.owner_name && <span className="quiet">{row.owner_name}</span>}
    </span>
  );
}

export const InboxRow = memo(function InboxRow({ row, selected, mine }: Props) {
  const t = useT();
  const lang = useLang();
  const draft = !selected && hasDraft(row.id);
  return (
    <>
      <span className="row-head">
        {row.unread > 0 && (
          <span className="unread">
            {row.unread > 99 ? "99+" : row.unread}
            <span className="sr">{t("row.unread")}</span>
          </span>
        )}
        <span className="row-name">{row.customer_name || t("row.anonymous")}</span>
        {row.large_type && <span className="mark mark-large">{t("row.large")}</span>}
        {row.locale !== lang && <span className="mark">{t(`locale.${row.locale}`)}</span>}
        <span className="grow" />
        {row.state === "resolved" ? (
          <span className="quiet">{row.last_at ? whenText(row.last_at, lang) : ""}</span>
        ) : (
          <TimeLeft row={row} />
        )}
      </span>
      <span className="row-text">
        {draft && <span className="draft">{t("row.draft")} </span>}
        {row.last_text || row.subject || t("row.no_text")}
      </span>
      <Marks row={row} mine={mine} />
    </>
  );
});
