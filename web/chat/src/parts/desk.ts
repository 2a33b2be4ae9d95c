/** The one Desk of the page, for every part. */

import { useStore } from "@walletdesk/parts/store";
import { createContext } from "preact";
import { useContext } from "preact/hooks";

import type { Desk } from "../lib/desk.ts";
import type { ChatModel } from "../lib/model.ts";

export const DeskContext = createContext<Desk>(null as unknown as Desk);

export function useDesk(): Desk {
  return useContext(DeskContext);
}

export function useModel<S>(pick: (model: ChatModel) => S): S {
  return useStore(useDesk().store, pick);
}
