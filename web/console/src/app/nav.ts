/** Where we are: box and conversation live in the address, so that back, reload and links work. */
import type { Box } from "../api/types";
import { Store } from "../live/store";

export interface Place {
  box: Box;
  id: string | null;
}

export const place = new Store<Place>({ box: "mine", id: null });

type Go = (to: Place, replace: boolean) => void;
let go: Go = () => undefined;

/** The router says how to go somewhere; everybody else only says where. */
export function setNavigator(navigator: Go): void {
  go = navigator;
}

export function openConversation(id: string | null, replace = false): void {
  const now = place.get();
  if (now.id !== id) go({ ...now, id }, replace);
}

export function openBox(box: Box): void {
  const now = place.get();
  if (now.box !== box) go({ ...now, box }, true);
}
