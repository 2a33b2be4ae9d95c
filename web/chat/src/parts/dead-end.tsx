/** No way on: what happened, whether anything is lost, what to do. */

import { useTexts } from "../lib/texts.ts";
import { useDesk } from "./desk.ts";

/**
 * `failed`: no session could be had (network, server). `expired`: the wallet's link was used or is
 * old, so who this is cannot be known and nobody's money is shown.
 */
export function DeadEnd({ phase }: { phase: "failed" | "expired" }) {
  const { t } = useTexts();
  const desk = useDesk();
  return (
    <main class="dead-end">
      <div class="card">
        <h2>{t(`${phase}.title`)}</h2>
        <p>{t(`${phase}.text`)}</p>
        {phase === "failed" ? (
          <div class="buttons">
            <button type="button" class="primary" onClick={() => desk.retryNow()}>
              {t("retry")}
            </button>
          </div>
        ) : (
          <div class="buttons">
            <a class="primary" href="/wallet">
              {t("expired.wallet")}
            </a>
            <button type="button" class="plain" onClick={() => void desk.enterAsVisitor()}>
              {t("expired.visitor")}
            </button>
          </div>
        )}
      </div>
    </main>
  );
}
