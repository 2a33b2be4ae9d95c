import { isLarge, LARGE_FROM, prefs, setPrefs, TYPE_SIZES } from "@walletdesk/parts/prefs";
import { useStore } from "@walletdesk/parts/store";
import type { State } from "@walletdesk/proto/protocol";

import { useTexts } from "../lib/texts.ts";
import { useDesk, useModel } from "./desk.ts";
import { Icon } from "./icons.tsx";
import { openSheet } from "./sheets.ts";

/** Who is on the other side now, as the key of a text. */
function withWhom(state: State | null): string {
  if (!state) return "with.nobody";
  if (state.state === "queued" || state.state === "offered") return "with.queue";
  if (state.owner === "agent" || state.agent_name) return "with.agent";
  return state.state === "resolved" ? "with.resolved" : "with.bot";
}

const ASKED = ["with.queue", "with.agent"];

/** Same place in every state: one tap to a person. */
export function HumanButton({ wide = false }: { wide?: boolean }) {
  const { t } = useTexts();
  const desk = useDesk();
  const state = useModel((m) => m.state);
  const asked = ASKED.includes(withWhom(state));
  const ask = () => {
    if (!asked) void desk.askPerson(t("human.say"));
    document.querySelector(asked ? "#queue,.composer textarea" : "#log")?.scrollIntoView({ block: "nearest" });
  };
  const label = asked ? (state?.agent_name ? t("human.here") : t("human.waiting")) : t(wide ? "human.wide" : "human");
  return (
    <button type="button" class={wide ? "human wide" : "human"} onClick={ask}>
      <Icon name="person" />
      <span>{label}</span>
    </button>
  );
}

export function Header() {
  const { t } = useTexts();
  const state = useModel((m) => m.state);
  const type = useStore(prefs, (p) => p.type);
  const large = isLarge(type);
  return (
    <header class="bar">
      <div class="who">
        <h1>
          {t("title")}
          <span class="official">
            <Icon name="shield" size={1} />
            {t("official")}
          </span>
        </h1>
        <p>{t(withWhom(state), state?.agent_name ?? "")}</p>
      </div>
      <div class="tools">
        {!large && <HumanButton />}
        <button
          type="button"
          class="tool"
          aria-pressed={large}
          onClick={() => setPrefs({ type: large ? TYPE_SIZES[0] : LARGE_FROM })}
        >
          <Icon name="type" />
          <span>{t("large")}</span>
        </button>
        <button
          type="button"
          class="tool only-icon"
          aria-label={t("more")}
          aria-haspopup="dialog"
          onClick={(e) => openSheet({ name: "settings" }, e.currentTarget)}
        >
          <Icon name="more" />
        </button>
      </div>
    </header>
  );
}
