/** From items and unsent messages to the rows of the log. Pure. */

import type { Entry } from "@walletdesk/proto/outbox";
import type { Item, SayFrame, Uuid } from "@walletdesk/proto/protocol";
import { dayKey } from "@walletdesk/proto/times";

import type { ChatModel } from "./model.ts";

export type Delivery = "sending" | "waiting" | "sent" | "read" | "failed";

export interface Row {
  key: string;
  item: Item;
  /** First row of a local day: a date goes above it. */
  newDay: boolean;
  /** First of several by the same author: the name goes above it. */
  newAuthor: boolean;
  /** Set on the customer's own rows. */
  delivery: Delivery | null;
  /** What the server said when it refused. */
  problem: string | null;
}

const UNSENT_SEQ = Number.MAX_SAFE_INTEGER;

/** An unsent message as an item, after everything that has a seq. */
export function itemOf(entry: Entry<SayFrame>, seq = UNSENT_SEQ): Item {
  const { id, kind, text, body } = entry.frame;
  const author = { kind: "customer" as const, name: null };
  return { seq, id, kind, author, text, body: body ?? null, replaces: null, at: entry.at };
}

function deliveryOf(item: Item, entry: Entry<SayFrame> | undefined, model: ChatModel): Delivery | null {
  if (item.author.kind !== "customer") return null;
  if (entry?.failed) return "failed";
  if (entry) return model.line === "online" || model.line === "polling" ? "sending" : "waiting";
  return (model.state?.agent_read_seq ?? 0) >= item.seq ? "read" : "sent";
}

/** The whole log; the caller shows a window of it. */
export function rowsOf(model: Pick<ChatModel, "transcript" | "entries" | "line" | "state">): Row[] {
  const known = new Set(model.transcript.items.map((item) => item.id));
  const unsent = model.entries.filter((entry) => !known.has(entry.frame.id));
  const byId = new Map(unsent.map((entry) => [entry.frame.id, entry]));
  const items = [...model.transcript.items, ...unsent.map((entry) => itemOf(entry))];
  return items.map((item, index) => {
    const before = items[index - 1];
    const entry = byId.get(item.id);
    const newDay = !before || dayKey(before.at) !== dayKey(item.at);
    return {
      key: item.id,
      item,
      newDay,
      newAuthor: newDay || !before || !sameAuthor(before, item),
      delivery: deliveryOf(item, entry, model as ChatModel),
      problem: entry?.failed ?? null,
    };
  });
}

function sameAuthor(a: Item, b: Item): boolean {
  return a.author.kind === b.author.kind && a.author.name === b.author.name && a.kind !== "status";
}

/** Which option of a card the customer chose last: card id -> option id. */
export function choicesMade(rows: readonly Row[]): ReadonlyMap<Uuid, string> {
  const made = new Map<Uuid, string>();
  for (const { item } of rows) {
    const body = item.body as { card_id?: Uuid | null; option?: string } | null;
    if (item.kind === "choice" && body?.card_id && body.option) made.set(body.card_id, body.option);
  }
  return made;
}
