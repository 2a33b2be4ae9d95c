import type { ChoicesCard } from "@walletdesk/proto/protocol";

import { useTexts } from "../lib/texts.ts";
import { useDesk } from "../parts/desk.ts";
import { Icon } from "../parts/icons.tsx";
import { Linked } from "../parts/linked.tsx";
import type { CardProps } from "./card.tsx";

/** A question with ready answers; the one given stays marked, another may still be given. */
export function Choices({ item, card, chosen }: CardProps<ChoicesCard>) {
  const desk = useDesk();
  const { t } = useTexts();
  const title = `t-${item.id}`;
  return (
    <section class="card choices" aria-labelledby={title}>
      <p id={title} class="said">
        <Linked text={card.text} />
      </p>
      {card.options.length > 0 && (
        <div class="options">
          {card.options.map((option) => (
            <button
              type="button"
              class="option"
              key={option.id}
              aria-pressed={chosen === option.id}
              onClick={() => chosen !== option.id && desk.choose(item.id, option.id, option.label)}
            >
              <span>
                {option.label}
                {option.hint && <small>{option.hint}</small>}
              </span>
              {chosen === option.id ? <Icon name="check" /> : <Icon name="next" />}
              {chosen === option.id && <span class="unseen">{t("chosen")}</span>}
            </button>
          ))}
        </div>
      )}
    </section>
  );
}
