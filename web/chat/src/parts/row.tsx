import type { Card, Item, PhotoBody } from "@walletdesk/proto/protocol";
import { clockText } from "@walletdesk/proto/times";

import { CardView } from "../cards/card.tsx";
import type { Row } from "../lib/rows.ts";
import { useTexts } from "../lib/texts.ts";
import { useDesk } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { lazy } from "./lazy.tsx";
import { Linked } from "./linked.tsx";

const Photo = lazy("Photo");

export interface RowProps {
  row: Row;
  chosen: string | null;
}

function Author({ item }: { item: Item }) {
  const { t } = useTexts();
  const { kind, name } = item.author;
  if (kind === "customer") return <span class="unseen">{t("you")}</span>;
  return (
    <p class={`author ${kind}`}>
      {kind === "agent" ? (name ?? t("agent")) : t("bot")}
      {kind === "agent" && <span class="tag">{t("agent")}</span>}
    </p>
  );
}

function Delivery({ row }: { row: Row }) {
  const { t, lang } = useTexts();
  const desk = useDesk();
  const { item, delivery, problem } = row;
  const time = <time dateTime={item.at}>{clockText(item.at, lang)}</time>;
  if (delivery === "failed") {
    return (
      <p class="mark failed" role="alert">
        {problem && <span>{problem} </span>}
        <button type="button" class="link" onClick={() => desk.sayAgain(item.id)}>
          <Icon name="alert" size={1} /> {t("delivery.failed")}
        </button>
      </p>
    );
  }
  return (
    <p class="mark">
      {time}
      {delivery && <span> · {t("delivery." + delivery)}</span>}
    </p>
  );
}

function Content({ row, chosen }: RowProps) {
  const { item } = row;
  if (item.kind === "card" && item.body && "card" in item.body) {
    return <CardView item={item} card={item.body as Card} chosen={chosen} />;
  }
  if (item.kind === "photo") {
    return (
      <div class="bubble photo">
        <Photo body={item.body as unknown as PhotoBody} text={item.text} />
      </div>
    );
  }
  return (
    <div class="bubble">
      <Linked text={item.text} />
    </div>
  );
}

export function RowView(props: RowProps) {
  const { item, newAuthor } = props.row;
  if (item.kind === "status" || item.author.kind === "system") {
    if (item.kind !== "card") return <p class="event">{item.text}</p>;
  }
  const side = item.author.kind === "customer" ? "mine" : "theirs";
  return (
    <div class={`row ${side}${newAuthor ? " first" : ""}`}>
      {newAuthor && <Author item={item} />}
      <Content {...props} />
      <Delivery row={props.row} />
    </div>
  );
}
