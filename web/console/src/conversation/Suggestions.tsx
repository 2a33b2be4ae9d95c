/** Replies that fit, each made from a finding: Alt and a digit puts one in the box. */
import type { Store } from "../live/store";
import { useStore } from "../live/store";
import type { Thread } from "../live/threads";
import { useT } from "../texts";
import { composer } from "./composer";

export function Suggestions({ thread }: { thread: Store<Thread> }) {
  const t = useT();
  const suggestions = useStore(thread, (now) => now.suggestions);
  if (suggestions.length === 0) return null;
  return (
    <ul className="suggestions" aria-label={t("suggestions.title")}>
      {suggestions.slice(0, 9).map((one, index) => (
        <li key={one.id}>
          <button type="button" title={one.text} onClick={() => composer.get()?.insert(one.text)}>
            <kbd>Alt {index + 1}</kbd>
            <span>{one.text}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
