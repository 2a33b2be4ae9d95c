/** What the agent says: kept until the server acknowledges it, sent again on every new connection. */
import { newId } from "@walletdesk/proto/ids";
import { Outbox, type Entry } from "@walletdesk/proto/outbox";
import type { Item, StaffSayFrame } from "../api/types";
import { currentMe } from "./session";
import { Store } from "./store";
import { place, threadOf } from "./threads";
import { greet, hear, send } from "./wire";

export interface Refused {
  code: string;
  text: string;
  details: Record<string, unknown>;
}

export type Outcome = { is: "sent"; seq: number } | { is: "refused"; refused: Refused };

export const unsent = new Store<readonly Entry<StaffSayFrame>[]>([]);

let outbox: Outbox<StaffSayFrame> | null = null;
const waiting = new Map<string, (outcome: Outcome) => void>();

/** Each agent has his own outbox, so that a shared PC never sends in another's name. */
export function openOutbox(agentId: string): void {
  outbox = new Outbox<StaffSayFrame>(`wd.console.outbox.${agentId}`, (entries) => unsent.set(entries));
  unsent.set(outbox.all());
}

export function closeOutbox(): void {
  outbox = null;
  waiting.clear();
  unsent.set([]);
}

export type Saying = Omit<StaffSayFrame, "t" | "id" | "seen_seq">;

/** Say something; the promise settles when the server has stored or refused it. */
export function say(words: Saying): Promise<Outcome> {
  const seen_seq = threadOf(words.conversation).get().transcript.lastSeq;
  const frame: StaffSayFrame = { t: "say", id: newId(), seen_seq, ...words };
  outbox?.add(frame, new Date().toISOString());
  send(frame);
  return new Promise((settle) => waiting.set(frame.id, settle));
}

/** Send a refused one again, now having seen everything that is here. */
export function sayAgain(id: string): Promise<Outcome> | null {
  const entry = outbox?.all().find((one) => one.frame.id === id);
  if (!entry) return null;
  const { conversation, kind, text, then, until, body } = entry.frame;
  outbox?.done(id);
  return say({ conversation, kind, text, then, ...(until ? { until } : {}), ...(body ? { body } : {}) });
}

export function discard(id: string): void {
  outbox?.done(id);
}

function settle(id: string, outcome: Outcome): void {
  waiting.get(id)?.(outcome);
  waiting.delete(id);
}

export function asItem(frame: StaffSayFrame, seq: number, at: string): Item {
  return {
    seq, id: frame.id, kind: frame.kind, text: frame.text, at, replaces: null,
    author: { kind: "agent", name: currentMe()?.name ?? null },
    body: frame.body ?? null,
    audience: frame.kind === "note" ? "staff" : "all",
  };
}

export function listenSaying(): void {
  hear("ack", (frame) => {
    const entry = outbox?.all().find((one) => one.frame.id === frame.id);
    if (entry) place(frame.conversation, asItem(entry.frame, frame.seq, frame.at));
    outbox?.done(frame.id);
    settle(frame.id, { is: "sent", seq: frame.seq });
  });
  hear("refused", (frame) => {
    if (!frame.id) return;
    outbox?.fail(frame.id, frame.text);
    settle(frame.id, {
      is: "refused",
      refused: { code: frame.code, text: frame.text, details: frame.details ?? {} },
    });
  });
  greet(() => outbox?.pending() ?? []);
}
