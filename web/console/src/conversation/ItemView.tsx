/** One item of a conversation: who said it, when, and whether it was read. */
import { memo } from "react";
import { clockText, fullText } from "@walletdesk/proto/times";
import type { LinkMark } from "@walletdesk/proto/protocol";
import type { Card, Item } from "../api/types";
import { useLang, useT } from "../texts";
import { CardView } from "./Cards";
import type { Drawn } from "./drawn";
import { Photo } from "./Photo";

function isCard(body: Item["body"]): body is Card {
  return body !== null && "card" in body;
}

function Content({ item, who }: { item: Item; who: string }) {
  const t = useT();
  if (item.kind === "photo") return <Photo body={{ ...item.body }} text={item.text} who={who} />;
  if (item.kind === "card" && isCard(item.body)) return <CardView card={item.body} text={item.text} />;
  if (item.kind === "choice") {
    return (
      <p className="said">
        <span className="tapped">{t("item.tapped")}</span> {item.text}
      </p>
    );
  }
  return <p className="said">{item.text}</p>;
}

const MARK = { own: "mark-good", unknown: "", suspicious: "mark-warn", dangerous: "mark-red" } as const;

/** What the links of a message are; they stay text, so that nobody opens one by a slip of the hand. */
function LinkMarks({ marks }: { marks: LinkMark[] }) {
  const t = useT();
  return (
    <ul className="link-marks" aria-label={t("item.links")}>
      {marks.map((mark, index) => (
        <li key={index}>
          <span className={`mark ${MARK[mark.verdict]}`}>{mark.label}</span> <bdi>{mark.site}</bdi>
          {mark.reasons.length > 0 && <span> · {mark.reasons.join(" · ")}</span>}
        </li>
      ))}
    </ul>
  );
}

function useWho(item: Item, mine: boolean): string {
  const t = useT();
  if (mine) return t("who.me");
  if (item.author.kind === "customer") return item.author.name ?? t("who.customer");
  if (item.author.kind === "bot") return t("who.bot");
  return item.author.name ?? t(`who.${item.author.kind}`);
}

export const ItemView = memo(function ItemView({ drawn }: { drawn: Drawn }) {
  const { item, day, joined, read, mine, pending } = drawn;
  const t = useT();
  const lang = useLang();
  const who = useWho(item, mine);
  const isNote = item.kind === "note" || item.audience === "staff";
  const side = item.author.kind === "customer" ? "theirs" : item.author.kind === "system" ? "system" : "ours";
  const kind = isNote ? "note" : item.kind === "status" ? "system" : side;
  return (
    <>
      {day && <p className="day">{day}</p>}
      <article className={`item item-${kind} by-${item.author.kind}${joined ? " joined" : ""}`}>
        {kind === "system" ? (
          <p className="said">
            {item.text} <time title={fullText(item.at, lang)}>{clockText(item.at, lang)}</time>
          </p>
        ) : (
          <>
            <header className={joined ? "sr" : undefined}>
              <strong>{who}</strong>
              {isNote && <span className="mark mark-note">{t("item.note")}</span>}
              <time dateTime={item.at} title={fullText(item.at, lang)}>
                {clockText(item.at, lang)}
              </time>
            </header>
            <Content item={item} who={who} />
            {item.links && <LinkMarks marks={item.links} />}
            {pending && <span className="read">{t("item.sending")}</span>}
            {read !== null && <span className="read">{read ? t("item.read") : t("item.sent")}</span>}
          </>
        )}
      </article>
    </>
  );
});
