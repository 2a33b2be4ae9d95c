/** Conversations offered to this agent. It opens by itself when he is idle; it never takes the focus. */
import type { Row } from "../api/types";
import * as desk from "../api/desk";
import { currentMe } from "./session";
import { applyRow, inbox } from "./inbox";
import { Store } from "./store";
import { hear } from "./wire";

export interface Offer {
  row: Row;
  expiresAt: number;
}

export const offers = new Store<readonly Offer[]>([]);
const arrivals = new Set<(row: Row) => void>();

/** Hear of a conversation that has just become this agent's to answer. */
export function onArrival(listener: (row: Row) => void): () => void {
  arrivals.add(listener);
  return () => arrivals.delete(listener);
}

export function dropOffer(id: string): void {
  offers.update((old) => (old.some((one) => one.row.id === id) ? old.filter((one) => one.row.id !== id) : old));
}

export async function acceptOffer(id: string): Promise<void> {
  await desk.accept(id);
  dropOffer(id);
}

function dropExpired(): void {
  const now = Date.now();
  if (offers.get().some((one) => one.expiresAt <= now)) {
    offers.update((old) => old.filter((one) => one.expiresAt > now));
  }
}

/** Tells apart what was mine already from what has just come; runs before the row is stored. */
function noticeAssignment(row: Row): void {
  const me = currentMe();
  if (!me || row.state !== "agent" || row.owner_id !== me.id) return;
  if (inbox.get().rows.get(row.id)?.owner_id === me.id) return;
  for (const tell of arrivals) tell(row);
}

/** Must be set up before the inbox listens: it compares with the rows as they were. */
export function listenOffers(): void {
  hear("offer", (frame) => {
    applyRow(frame.row);
    const offer = { row: frame.row, expiresAt: Date.parse(frame.expires_at) };
    offers.update((old) => [...old.filter((one) => one.row.id !== frame.row.id), offer]);
    for (const tell of arrivals) tell(frame.row);
    window.setTimeout(dropExpired, Math.max(0, offer.expiresAt - Date.now()) + 100);
  });
  hear("inbox", (frame) => {
    noticeAssignment(frame.row);
    if (frame.row.state !== "offered" || frame.row.owner_id !== currentMe()?.id) dropOffer(frame.row.id);
  });
}
