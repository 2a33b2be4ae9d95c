/** What the server refused: never lost, and one key away from going out. */
import type { Entry } from "@walletdesk/proto/outbox";
import type { StaffSayFrame } from "../api/types";
import { discard, sayAgain, unsent } from "../live/say";
import type { Store } from "../live/store";
import { useStore } from "../live/store";
import type { Thread } from "../live/threads";
import { useT } from "../texts";
import { composer } from "./composer";

function Failed({ entry }: { entry: Entry<StaffSayFrame> }) {
  const t = useT();
  const back = () => {
    composer.get()?.insert(entry.frame.text, entry.frame.kind === "note" ? "note" : "reply");
    discard(entry.frame.id);
  };
  return (
    <div className="refused" role="alert">
      <span>{entry.failed}</span>
      <button type="button" className="link" onClick={() => void sayAgain(entry.frame.id)}>
        {t("unsent.again")} <kbd>Enter</kbd>
      </button>
      <button type="button" className="link" onClick={back}>
        {t("unsent.edit")}
      </button>
    </div>
  );
}

export function Unsent({ thread }: { thread: Store<Thread> }) {
  const t = useT();
  const id = useStore(thread, (now) => now.id);
  const entries = useStore(unsent, (now) => now);
  const here = entries.filter((entry) => entry.frame.conversation === id && entry.failed !== null);
  if (here.length === 0) return null;
  return (
    <ul className="unsent" aria-label={t("unsent.title")}>
      {here.map((entry) => (
        <li key={entry.frame.id}>
          <p className="said">{entry.frame.kind === "photo" ? t("photo.one") : entry.frame.text}</p>
          <Failed entry={entry} />
        </li>
      ))}
    </ul>
  );
}
