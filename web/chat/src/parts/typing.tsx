import { useTexts } from "../lib/texts.ts";
import { useModel } from "./desk.ts";

/** Seen, not read out: the answer itself is announced when it comes. */
export function Typing() {
  const { t } = useTexts();
  const who = useModel((m) => m.typing);
  const name = useModel((m) => m.state?.agent_name);
  if (!who) return null;
  return (
    <div class="typing" aria-live="off">
      <span class="dots" aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      {who === "agent" ? t("typing.agent", name ?? t("agent")) : t("typing.bot")}
    </div>
  );
}
