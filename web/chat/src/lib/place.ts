/** Where this person was: session and conversation, kept so that closing the page loses nothing. */

import { call } from "@walletdesk/parts/http";
import { CHAT_PLACE } from "@walletdesk/parts/keys";
import { safeStorage } from "@walletdesk/proto/outbox";
import type { Context, ItemsAnswer, Person, Session, Uuid } from "@walletdesk/proto/protocol";

import { conversationPath } from "./api.ts";

export interface Place {
  session: string;
  expires_at: string;
  person: Person;
  context: Context | null;
  conversation: Uuid;
}

export function keptPlace(now: number = Date.now()): Place | null {
  try {
    const place = JSON.parse(safeStorage()?.getItem(CHAT_PLACE) ?? "null") as Place | null;
    return place && Date.parse(place.expires_at) > now ? place : null;
  } catch {
    return null;
  }
}

export function keepPlace(place: Place | null): void {
  try {
    if (place) safeStorage()?.setItem(CHAT_PLACE, JSON.stringify(place));
    else safeStorage()?.removeItem(CHAT_PLACE);
  } catch {
    // Storage is forbidden: the place lasts as long as the page.
  }
}

/** The signed token of the wallet app, read once and taken out of the address and the history. */
export function takeToken(): string | null {
  const address = new URL(location.href);
  const token = address.searchParams.get("ctx");
  if (token !== null) {
    address.searchParams.delete("ctx");
    history.replaceState(null, "", address);
  }
  return token;
}

/**
 * Which conversation a fresh session goes to. A question about a named transaction gets one of
 * its own, unless a person is already at work on (or queued for) the open one.
 */
export async function conversationFor(session: Session, fresh: () => Uuid, signal?: AbortSignal): Promise<Uuid> {
  const open = session.conversation;
  if (!open) return fresh();
  if (!session.context?.transaction_id) return open.id;
  return (await isWithPerson(session, open, signal)) ? open.id : fresh();
}

type Open = NonNullable<Session["conversation"]>;

/** While it waits for the customer, only the desk knows whether he talks with a person; unknown counts as yes. */
async function isWithPerson({ session }: Session, { id, state, last_seq }: Open, signal?: AbortSignal): Promise<boolean> {
  if (state !== "wait_cust") return !["bot", "resolved"].includes(state);
  const path = `${conversationPath(id)}/items?since=${last_seq}`;
  const answer = await call<ItemsAnswer>(path, { session, ...(signal && { signal }) }).catch(() => null);
  return !answer || !!answer.state.agent_name;
}
