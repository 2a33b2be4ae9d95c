/** What is open on the screen besides the address: panes, overlays, and whether the agent is typing. */
import { Store } from "../live/store";

export type Overlay = "commands" | "help" | "presence" | null;

export const overlay = new Store<Overlay>(null);
/** On narrow screens only one pane is seen; beside a list there may be the customer instead of the talk. */
export const panelOpen = new Store(false);
export const listQuery = new Store("");
/** The conversations of the list in the order shown; next and previous follow it. */
export const shownIds = new Store<readonly string[]>([]);

let typedAt = 0;
const BUSY_TYPING_MS = 6000;

export function noteTyping(): void {
  typedAt = Date.now();
}

/** Whether the agent's hands are on something: then nothing may open by itself. */
export function isTyping(): boolean {
  if (Date.now() - typedAt < BUSY_TYPING_MS) return true;
  const field = document.activeElement;
  return (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) && field.value.trim() !== "";
}
