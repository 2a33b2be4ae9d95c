/** The states every screen can be in besides "here it is". */
import { useEffect, useState } from "react";
import type { ApiRefusal } from "../api/http";
import { errorText } from "../app/toasts";
import { useT } from "../texts";

const SHOW_AFTER_MS = 300;
const EXPLAIN_AFTER_MS = 10_000;

/** Grey lines, after a moment; and after ten seconds a word that it takes long. */
export function Loading({ lines = 3 }: { lines?: number }) {
  const t = useT();
  const [stage, setStage] = useState<"wait" | "show" | "long">("wait");
  useEffect(() => {
    const show = window.setTimeout(() => setStage("show"), SHOW_AFTER_MS);
    const long = window.setTimeout(() => setStage("long"), EXPLAIN_AFTER_MS);
    return () => {
      window.clearTimeout(show);
      window.clearTimeout(long);
    };
  }, []);
  if (stage === "wait") return <div className="loading" aria-busy="true" />;
  return (
    <div className="loading" role="status" aria-busy="true">
      <span className="sr">{t("loading")}</span>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="bone" />
      ))}
      {stage === "long" && <p className="quiet">{t("loading.long")}</p>}
    </div>
  );
}

/** What failed, whether anything is lost, and the way on. */
export function ErrorNote({ error, retry }: { error: ApiRefusal | Error; retry?: () => void }) {
  const t = useT();
  return (
    <div className="note-box note-bad" role="alert">
      <p>{errorText(error)}</p>
      {retry && (
        <button type="button" className="link" onClick={retry}>
          {t("retry")}
        </button>
      )}
    </div>
  );
}
