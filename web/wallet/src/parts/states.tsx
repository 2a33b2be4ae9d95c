/** The states every screen can be in besides "here it is". */

import { ApiRefusal } from "@walletdesk/parts/http";
import { clockText } from "@walletdesk/proto/times";
import { useEffect, useState } from "preact/hooks";

import type { Asked } from "../lib/asked.ts";
import { useTexts } from "../lib/texts.ts";
import { Icon } from "./icons.tsx";

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

/** Nothing for a moment, then bones, then an explanation. */
export function Skeleton() {
  const { t } = useTexts();
  const visible = useAfter(SKELETON_AFTER_MS);
  const late = useAfter(EXPLAIN_AFTER_MS);
  if (!visible) return null;
  return (
    <div class="skeleton" role="status">
      <span class="unseen">{t("loading")}</span>
      <i class="bone" aria-hidden="true" />
      <i class="bone wide" aria-hidden="true" />
      <i class="bone" aria-hidden="true" />
      {late && <p>{t("loading.late")}</p>}
    </div>
  );
}

/** What happened, that the money is not touched by it, and the way on. */
export function Problem({ error, retry }: { error: ApiRefusal | null; retry: () => void }) {
  const { t } = useTexts();
  const told = error && error.status >= 400 && error.status < 500 ? error.message : "";
  return (
    <div class="card problem" role="alert">
      <p>
        <Icon name="alert" /> {told || t(error && error.status > 0 ? "error.server" : "error.network")}
      </p>
      <p class="mark">{t("error.safe")}</p>
      <button type="button" class="plain" onClick={retry}>
        {t("retry")}
      </button>
    </div>
  );
}

/** Beside old data: that it is old, since when, and to try again. */
export function Stale({ asked }: { asked: Asked<unknown> }) {
  const { t, lang } = useTexts();
  if (!asked.error || !asked.at) return null;
  return (
    <p class="stale" role="status">
      {t("stale", clockText(asked.at, lang))}{" "}
      <button type="button" class="link" onClick={() => void asked.again()}>
        {t("retry")}
      </button>
    </p>
  );
}
