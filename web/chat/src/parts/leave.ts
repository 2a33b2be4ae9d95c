/** Asks before a link to somebody else's host is followed. */

import { openSheet } from "./sheets.ts";

export function leavePage(address: string, from: HTMLElement): void {
  openSheet({ name: "leave", address }, from);
}
