/** What is true of the line, the sending and the time: one quiet bar under the header. */

import { useEffect, useState } from "preact/hooks";

import { useTexts } from "../lib/texts.ts";
import { useDesk, useModel } from "./desk.ts";
import { Icon } from "./icons.tsx";

const HUSH_MS = 1_500;

/** A value that must last a moment before it shows: no flicker on every page load. */
function useLasting<T>(value: T, calm: T, ms: number): T {
  const [shown, show] = useState(calm);
  useEffect(() => {
    const timer = setTimeout(() => show(value), value === calm ? 0 : ms);
    return () => clearTimeout(timer);
  }, [value]);
  return value === calm ? calm : shown;
}

export function Banner() {
  const { t } = useTexts();
  const desk = useDesk();
  const line = useModel((m) => m.line);
  const refusal = useModel((m) => m.refusal);
  const shown = useLasting(line === "connecting" ? "offline" : line, "online", HUSH_MS);
  return (
    <>
      <div role="status" class="banner-place">
        {shown === "offline" && (
          <div class="banner warn">
            <Icon name="alert" />
            <p>{t("line.offline")}</p>
            <button type="button" class="plain" onClick={() => desk.retryNow()}>
              {t("retry")}
            </button>
          </div>
        )}
        {shown === "polling" && (
          <div class="banner">
            <p>{t("line.polling")}</p>
          </div>
        )}
      </div>
      <div role="alert">
        {refusal && (
          <div class="banner danger">
            <p>{refusal}</p>
            <button type="button" class="plain" onClick={() => desk.dismissRefusal()}>
              {t("dismiss")}
            </button>
          </div>
        )}
      </div>
    </>
  );
}
