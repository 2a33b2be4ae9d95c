/** The composer on the screen, for actions elsewhere: suggestions, shortcuts, the customer's transactions. */
import { Store } from "../live/store";
import type { Mode } from "./drafts";

export interface ComposerHandle {
  focus: (mode?: Mode) => void;
  /** Put a text in the box: an empty box is filled, words already there are kept before it. */
  insert: (text: string, mode?: Mode) => void;
  send: (resolve: boolean) => void;
}

export const composer = new Store<ComposerHandle | null>(null);
