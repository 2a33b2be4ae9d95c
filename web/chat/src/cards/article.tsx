import type { ArticleCard } from "@walletdesk/proto/protocol";

import { Linked } from "../parts/linked.tsx";
import type { CardProps } from "./card.tsx";
import { Choices } from "./choices.tsx";

/** A help article: title, first lines, the whole of it in a page of its own, and who can be asked instead. */
export function Article({ item, card, chosen }: CardProps<ArticleCard>) {
  const title = `a-${item.id}`;
  return (
    <>
      <section class="card article" aria-labelledby={title}>
        <h3 id={title}>{card.title}</h3>
        {card.lines.map((line, index) => (
          <p key={index}>
            <Linked text={line} />
          </p>
        ))}
        <a class="plain" href={card.link.href} target="_blank" rel="noopener">
          {card.link.label}
        </a>
      </section>
      <Choices item={item} card={{ card: "choices", text: card.title, options: card.options }} chosen={chosen} />
    </>
  );
}
