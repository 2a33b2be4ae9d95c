/** The ways into the chat: always one tap, always with what is on the screen. */

import { useStore } from "@walletdesk/parts/store";
import type { Uuid } from "@walletdesk/proto/protocol";
import { useState } from "preact/hooks";

import { place } from "../lib/route.ts";
import { useTexts } from "../lib/texts.ts";
import { openChat } from "../lib/wallet.ts";
import { Icon } from "./icons.tsx";

function useChat(): { open: (about: { transaction_id?: Uuid; page?: string }) => void; running: boolean; problem: string | null } {
  const { t } = useTexts();
  const [running, setRunning] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const open = (about: { transaction_id?: Uuid; page?: string }) => {
    if (running) return;
    setRunning(true);
    setProblem(null);
    openChat(about)
      .catch(() => setProblem(t("support.failed")))
      .finally(() => setRunning(false));
  };
  return { open, running, problem };
}

/** The tab. */
export function SupportButton() {
  const { t } = useTexts();
  const page = useStore(place, (now) => now.route);
  const { open, running, problem } = useChat();
  return (
    <button
      type="button"
      aria-busy={running}
      onClick={() => open({ page: page.name, ...("id" in page ? { transaction_id: page.id } : {}) })}
    >
      <Icon name="support" />
      <span>{t("tab.support")}</span>
      {problem && (
        <span class="toast" role="alert">
          {problem}
        </span>
      )}
    </button>
  );
}

/** On a transaction: ask about exactly this one. */
export function AskAbout({ id, quiet = false }: { id: Uuid; quiet?: boolean }) {
  const { t } = useTexts();
  const { open, running, problem } = useChat();
  return (
    <>
      <button
        type="button"
        class={`${quiet ? "plain" : "primary"} wide`}
        aria-busy={running}
        onClick={() => open({ transaction_id: id, page: "transaction" })}
      >
        <Icon name="support" /> {t("ask_about")}
      </button>
      {problem && <p role="alert">{problem}</p>}
    </>
  );
}
