/** Which card looks how. The small ones come with the page, the heavy ones when they are needed. */

import type { Card, Item } from "@walletdesk/proto/protocol";

import { Linked } from "../parts/linked.tsx";
import { lazy } from "../parts/lazy.tsx";
import { Choices } from "./choices.tsx";

export interface CardProps<C extends Card = Card> {
  item: Item;
  card: C;
  /** The option of this card that the customer chose last. */
  chosen: string | null;
}

const Article = lazy("Article");
const Picker = lazy("Picker");
const Finding = lazy("Finding");
const Safety = lazy("Safety");
const Rating = lazy("RatingFaces");

export function CardView({ item, card, ...rest }: CardProps) {
  const instead = (
    <div class="bubble">
      <Linked text={item.text} />
    </div>
  );
  switch (card.card) {
    case "choices":
      return <Choices item={item} card={card} {...rest} />;
    case "picker":
      return <Picker item={item} card={card} {...rest} instead={instead} />;
    case "finding":
      return <Finding item={item} card={card} {...rest} instead={instead} />;
    case "safety":
      return <Safety item={item} card={card} {...rest} instead={instead} />;
    case "rating":
      return <Rating item={item} card={card} {...rest} instead={instead} />;
    case "article":
      return <Article item={item} card={card} {...rest} instead={instead} />;
    case "notice":
      return (
        <section class="card notice">
          <p>
            <Linked text={card.text} />
          </p>
        </section>
      );
    default:
      return instead;
  }
}
