/** What was typed and not sent, for each conversation and mode; survives reload and switching. */
import { currentMe } from "../live/session";

export type Mode = "reply" | "note";

const PREFIX = "wd.console.draft.";
const KEEP_DAYS = 14;

function key(conversation: string, mode: Mode): string {
  return `${PREFIX}${currentMe()?.id ?? ""}.${conversation}.${mode}`;
}

export function readDraft(conversation: string, mode: Mode): string {
  try {
    const kept = JSON.parse(localStorage.getItem(key(conversation, mode)) ?? "null") as { text: string } | null;
    return kept?.text ?? "";
  } catch {
    return "";
  }
}

export function keepDraft(conversation: string, mode: Mode, text: string): void {
  try {
    if (text === "") localStorage.removeItem(key(conversation, mode));
    else localStorage.setItem(key(conversation, mode), JSON.stringify({ text, at: Date.now() }));
  } catch {
    // A full store: the draft lives as long as the box it is typed in.
  }
}

export function hasDraft(conversation: string): boolean {
  return readDraft(conversation, "reply") !== "" || readDraft(conversation, "note") !== "";
}

/** Forget what nobody came back to. */
export function dropOldDrafts(): void {
  const oldest = Date.now() - KEEP_DAYS * 86_400_000;
  for (const name of Object.keys(localStorage)) {
    if (!name.startsWith(PREFIX)) continue;
    const kept = JSON.parse(localStorage.getItem(name) ?? "null") as { at?: number } | null;
    if ((kept?.at ?? 0) < oldest) localStorage.removeItem(name);
  }
}
