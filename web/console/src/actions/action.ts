/** What an agent can do, as objects: name, keys, when it is possible, and what it does. */
import type { Row } from "../api/types";

export interface Here {
  /** The conversation on the screen, if there is one. */
  row: Row | null;
  mine: boolean;
  online: boolean;
}

export interface Action {
  id: string;
  group: "conversation" | "move" | "me" | "view";
  /** The text of it: a key of the catalogue, or words made elsewhere. */
  label: string;
  /** e.g. "Alt+KeyE": modifier and physical key, so that layouts and input methods do not matter. */
  chord?: string;
  /** A single key outside of inputs; may be switched off. */
  key?: string;
  when?: (here: Here) => boolean;
  perform: (here: Here) => void;
}
