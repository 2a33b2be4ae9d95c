/** Loading: nothing for a moment, then bones, then an explanation and a way to try again. */

import { useEffect, useState } from "preact/hooks";

import { useTexts } from "../lib/texts.ts";
import { useDesk } from "./desk.ts";

const SKELETON_AFTER_MS = 300;
const EXPLAIN_AFTER_MS = 10_000;

function useAfter(ms: number): boolean {
  const [is, set] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => set(true), ms);
    return () => clearTimeout(timer);
  }, []);
  return is;
}

export function Skeleton() {
  const { t } = useTexts();
  const desk = useDesk();
  const visible = useAfter(SKELETON_AFTER_MS);
  const late = useAfter(EXPLAIN_AFTER_MS);
  if (!visible) return null;
  return (
    <div class="skeleton" role="status">
      <span class="unseen">{t("loading")}</span>
      <i class="bone" aria-hidden="true" />
      <i class="bone wide" aria-hidden="true" />
      <i class="bone" aria-hidden="true" />
      {late && (
        <div class="card">
          <p>{t("loading.late")}</p>
          <button type="button" class="plain" onClick={() => desk.retryNow()}>
            {t("retry")}
          </button>
        </div>
      )}
    </div>
  );
}
