/** One listener for all keys. Chords go by the physical key, so that input methods do not disturb them. */
import { prefs } from "../app/prefs";
import { overlay } from "../app/screen";
import { session } from "../live/session";
import { ACTIONS, here } from "./all";
import type { Action } from "./action";

function chordOf(event: KeyboardEvent): string | null {
  const ctrl = event.ctrlKey || event.metaKey;
  if (event.altKey && !ctrl && !event.shiftKey) return `Alt+${event.code}`;
  return ctrl && !event.altKey && !event.shiftKey ? `Ctrl+${event.code}` : null;
}

function inField(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.closest("input, textarea, select, [contenteditable]") !== null;
}

function meant(event: KeyboardEvent): Action | undefined {
  const chord = chordOf(event);
  if (chord) return ACTIONS.find((action) => action.chord === chord);
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (!prefs.get().singleKeys || inField(event.target)) return undefined;
  return ACTIONS.find((action) => action.key === event.key);
}

/** Run an action if it is possible here and now. */
export function run(action: Action): boolean {
  const now = here();
  if (action.when && !action.when(now)) return false;
  action.perform(now);
  return true;
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing || session.get().is !== "in") return;
  if (overlay.get() !== null && overlay.get() !== "presence") return;
  const action = meant(event);
  if (!action) return;
  event.preventDefault();
  run(action);
}

export function listenKeys(): void {
  document.addEventListener("keydown", onKeyDown);
}

const NAMES: { [code: string]: string } = { Key: "", Digit: "" };

/** "Alt+KeyE" -> ["Alt", "E"]. */
export function keysOf(action: Action): string[] {
  if (action.chord) return action.chord.split("+").map((part) => part.replace(/^(Key|Digit)/, (found) => NAMES[found] ?? ""));
  return action.key ? [action.key] : [];
}
