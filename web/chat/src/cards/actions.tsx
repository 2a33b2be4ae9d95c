import type { ActionState, CardAction, Uuid } from "@walletdesk/proto/protocol";
import { useEffect, useRef, useState } from "preact/hooks";

import { useTexts } from "../lib/texts.ts";
import { useDesk, useModel } from "../parts/desk.ts";
import { Icon, type IconName } from "../parts/icons.tsx";

const SIGNS: Partial<Record<ActionState, IconName>> = { done: "check", refused: "cross", unknown: "clock" };

/** What the card says, or "running" from the tap until the card is renewed. */
function useTapped(action: CardAction): [ActionState, () => void] {
  const [tapped, tap] = useState(false);
  useEffect(() => tap(false), [action.state]);
  return [tapped && action.state === "offered" ? "running" : action.state, () => tap(true)];
}

function Action({ action, cardId }: { action: CardAction; cardId: Uuid }) {
  const { t } = useTexts();
  const desk = useDesk();
  const offline = useModel((m) => m.line === "offline");
  const [state, tapped] = useTapped(action);
  const hands = useRef(false);
  const outcome = useRef<HTMLDivElement>(null);
  useEffect(() => {
    // The button goes: whoever pressed it stands on what became of it.
    if (state !== "offered" && hands.current) outcome.current?.focus({ preventScroll: true });
    hands.current = false;
  }, [state]);
  const moves = action.id.startsWith("command:");
  const blocked = offline && moves;
  if (state !== "offered") {
    const sign = SIGNS[state];
    return (
      <div class={`outcome ${state}`} role="status" tabIndex={-1} ref={outcome}>
        {sign ? <Icon name={sign} /> : <i class="spin" aria-hidden="true" />}
        <p>
          <b>{action.label}</b>
          <span> · {t("action." + state)}</span>
          {action.note && <small>{action.note}</small>}
        </p>
      </div>
    );
  }
  return (
    <div class="action">
      <button
        type="button"
        class={action.style}
        aria-disabled={blocked}
        onClick={() => {
          if (blocked) return;
          hands.current = true;
          if (moves) tapped();
          desk.choose(cardId, action.id, action.label);
        }}
      >
        {action.label}
      </button>
      {action.note && <small>{action.note}</small>}
      {blocked && <small>{t("action.offline")}</small>}
    </div>
  );
}

/** At most two, the first the one we advise. */
export function Actions({ actions, cardId }: { actions: CardAction[]; cardId: Uuid }) {
  if (!actions.length) return null;
  return (
    <div class="actions">
      {actions.map((action) => (
        <Action key={action.id} action={action} cardId={cardId} />
      ))}
    </div>
  );
}
