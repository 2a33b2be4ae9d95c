/** Which sheet is open, and where the focus goes back to. */

import { Store } from "@walletdesk/parts/store";

export type Sheet =
  | { name: "settings" }
  | { name: "leave"; address: string }
  | { name: "photo" };

export const sheets = new Store<{ open: Sheet | null }>({ open: null });

let openedFrom: HTMLElement | null = null;

export function openSheet(open: Sheet, from: HTMLElement): void {
  openedFrom = from;
  sheets.set({ open });
}

export function closeSheet(): void {
  sheets.set({ open: null });
  openedFrom?.focus();
}
