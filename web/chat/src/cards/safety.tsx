import type { SafetyCard } from "@walletdesk/proto/protocol";

import { Icon } from "../parts/icons.tsx";
import { Linked } from "../parts/linked.tsx";
import { Actions } from "./actions.tsx";
import type { CardProps } from "./card.tsx";

/** Money may be leaving: the safe action first, a person beside it, no question before. */
export function Safety({ item, card }: CardProps<SafetyCard>) {
  const title = `t-${item.id}`;
  return (
    <section class="card safety" aria-labelledby={title}>
      <header>
        <span class="sign">
          <Icon name="alert" />
        </span>
        <p id={title} class="said">
          <Linked text={card.text} />
        </p>
      </header>
      <Actions actions={card.actions} cardId={item.id} />
    </section>
  );
}
