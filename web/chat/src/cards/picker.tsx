import type { PickerCard, PickerOption } from "@walletdesk/proto/protocol";
import { signedText } from "@walletdesk/proto/money";
import { whenText } from "@walletdesk/proto/times";
import { useState } from "preact/hooks";

import { useTexts } from "../lib/texts.ts";
import { useDesk } from "../parts/desk.ts";
import { Icon } from "../parts/icons.tsx";
import type { CardProps } from "./card.tsx";

/**
 * Which transaction: a radio group. A tap answers at once; with the keyboard the arrows move and
 * Enter or the button answers, so that looking through the list commits to nothing.
 */
export function Picker({ item, card, chosen }: CardProps<PickerCard>) {
  const { t, lang } = useTexts();
  const desk = useDesk();
  const [marked, mark] = useState<string | null>(null);
  const current = chosen ?? marked;
  const optionOf = (id: string | null) => card.options.find((option) => option.id === id);

  const label = (o: PickerOption) => `${o.name} ${signedText(o.amount, o.sign, lang)}`;
  const answer = (id: string | null) => {
    const option = optionOf(id);
    if (option && option.id !== chosen) desk.choose(item.id, option.id, label(option));
  };

  return (
    <section class="card picker" aria-label={card.text}>
      <fieldset>
        <legend>{card.text}</legend>
        {card.options.map((option) => (
          <label class="pick" key={option.id} data-on={current === option.id}>
            <input
              type="radio"
              name={item.id}
              checked={current === option.id}
              onChange={() => mark(option.id)}
              onClick={(e) => e.detail > 0 && answer(option.id)}
              onKeyDown={(e) => e.key === "Enter" && (e.preventDefault(), answer(current))}
            />
            <span class="what">
              <b>{option.name}</b>
              <small>
                {whenText(option.at, lang)} · {option.state}
              </small>
            </span>
            <span class="amount">{signedText(option.amount, option.sign, lang)}</span>
          </label>
        ))}
      </fieldset>
      {marked !== null && chosen === null && (
        <button type="button" class="primary" onClick={() => answer(marked)}>
          {t("picker.this")}
        </button>
      )}
      <div class="buttons">
        {card.more && (
          <button type="button" class="plain" onClick={() => desk.choose(item.id, "more", t("picker.more"))}>
            {t("picker.more")}
          </button>
        )}
        <button
          type="button"
          class="plain"
          aria-pressed={chosen === card.none.id}
          onClick={() => desk.choose(item.id, card.none.id, card.none.label)}
        >
          {card.none.label}
        </button>
      </div>
      {chosen !== null && (
        <p class="mark">
          <Icon name="check" size={1} /> {t("picker.chosen")}
        </p>
      )}
    </section>
  );
}
