/** The commonest questions, one tap each, while the bot listens and no card offers something better. */

import { isLarge, prefs } from "@walletdesk/parts/prefs";
import { useStore } from "@walletdesk/parts/store";

import { useTexts } from "../lib/texts.ts";
import { useDesk, useModel } from "./desk.ts";
import { focusLog } from "./log.tsx";

const QUESTIONS = ["merchant", "charged", "failed", "arrival"];

export function QuickReplies() {
  const { t } = useTexts();
  const desk = useDesk();
  const listening = useModel((m) => !m.state || ["bot", "wait_cust"].includes(m.state.state));
  const asked = useModel((m) => m.entries.length > 0 || m.transcript.items.some((i) => i.author.kind === "customer"));
  const offered = useModel((m) => m.transcript.items.some((i) => i.kind === "card"));
  const large = useStore(prefs, (p) => isLarge(p.type));
  if (!listening || asked || offered) return null;
  return (
    <div class="quick" role="group" aria-label={t("quick")}>
      {QUESTIONS.slice(0, large ? 3 : 4).map((name) => (
        <button
          type="button"
          key={name}
          onClick={() => {
            desk.say(t(`quick.${name}`));
            // The buttons go: whoever is on the keyboard stands in the log, where the answer comes.
            focusLog();
          }}
        >
          {t(`quick.${name}`)}
        </button>
      ))}
    </div>
  );
}
