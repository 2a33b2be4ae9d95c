/** The verbs an agent has on a conversation, each ending where he can go on working. */
import type { Then } from "../api/types";
import * as desk from "../api/desk";
import { ApiRefusal } from "../api/http";
import { openConversation, place } from "../app/nav";
import { shownIds } from "../app/screen";
import { attempt, errorText, toast } from "../app/toasts";
import { waitsOnUs } from "../inbox/order";
import { inbox } from "../live/inbox";
import { acceptOffer, offers } from "../live/offers";
import { say, sayAgain, type Outcome } from "../live/say";
import { currentMe } from "../live/session";
import { t } from "../texts";
import { isMine } from "../inbox/order";

/** The one after this one in the list as shown; with `waiting` the next that waits on us and is mine. */
export function neighbour(step: 1 | -1, waiting = false): string | null {
  const ids = shownIds.get();
  const { id } = place.get();
  const at = id ? ids.indexOf(id) : -1;
  if (!waiting) return ids[at < 0 ? (step > 0 ? 0 : ids.length - 1) : at + step] ?? null;
  const me = currentMe()?.id ?? "";
  const { rows } = inbox.get();
  const round = [...ids.slice(at + 1), ...ids.slice(0, Math.max(at, 0))];
  const due = round.find((other) => {
    const row = rows.get(other);
    return row !== undefined && isMine(row, me) && waitsOnUs(row);
  });
  return due ?? offers.get()[0]?.row.id ?? null;
}

export async function accept(id: string): Promise<void> {
  if (await attempt(() => acceptOffer(id))) openConversation(id);
}

export async function release(id: string): Promise<void> {
  if (await attempt(() => desk.release(id))) toast("good", t("flow.released"));
}

const PROMISE_OPEN = "conversations.promise_open";

/** Close it; where news are still promised, offer to say that they have been told and close it then. */
async function close(id: string, kept: boolean): Promise<boolean> {
  try {
    await desk.resolve(id, kept);
    return true;
  } catch (error) {
    if (!(error instanceof ApiRefusal) || error.code !== PROMISE_OPEN) return attempt(() => Promise.reject(error));
    toast("bad", errorText(error), { label: t("flow.promise_kept"), run: () => void resolve(id, true) });
    return false;
  }
}

/** Close it and go to the next one that waits for this agent. */
export async function resolve(id: string, kept = false): Promise<void> {
  const next = neighbour(1, true);
  if (!(await close(id, kept))) return;
  toast("good", t("flow.resolved"));
  if (place.get().id === id) openConversation(next === id ? null : next);
}

export async function reply(id: string, text: string, then: Then): Promise<Outcome> {
  return say({ conversation: id, kind: "text", text, ...then });
}

export async function note(id: string, text: string): Promise<Outcome> {
  return say({ conversation: id, kind: "note", text, then: "wait_customer" });
}

/** Send, and only when it is stored resolve and go on. */
export async function replyAndResolve(id: string, text: string): Promise<void> {
  const outcome = await reply(id, text, { then: "wait_customer" });
  if (outcome.is === "sent") await resolve(id);
}

export function resend(frameId: string): void {
  void sayAgain(frameId);
}
