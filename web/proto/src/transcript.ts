/**
 * The items of one conversation as a reader sees them: each id once, in order of `seq`, a card
 * with `replaces` put in the place of the card it renews.
 */

import type { Item, Uuid } from "./protocol.ts";

export interface Transcript {
  items: readonly Item[];
  /** Highest `seq` seen; what `since` asks from. */
  lastSeq: number;
  /** Which card now stands for an earlier one: renewed id -> id of the first card. */
  places: Readonly<Record<Uuid, Uuid>>;
  /** For each renewed card, the `seq` its content is from: an older renewal never wins. */
  contentSeq: Readonly<Record<Uuid, number>>;
}

export const EMPTY: Transcript = { items: [], lastSeq: 0, places: {}, contentSeq: {} };

/** Adds a batch in any order, any number of times. */
export function merge(transcript: Transcript, batch: readonly Item[]): Transcript {
  const news = batch.filter((item) => isNew(transcript, item)).sort((a, b) => a.seq - b.seq);
  if (!news.length) return transcript;
  let { items, lastSeq } = transcript;
  const places: Record<Uuid, Uuid> = { ...transcript.places };
  const contentSeq: Record<Uuid, number> = { ...transcript.contentSeq };
  for (const item of news) {
    lastSeq = Math.max(lastSeq, item.seq);
    const first = item.replaces === null ? undefined : (places[item.replaces] ?? item.replaces);
    const index = first === undefined ? -1 : items.findIndex((i) => i.id === first);
    if (first !== undefined) places[item.id] = first;
    if (index < 0) {
      items = insert(items, item);
    } else if (item.seq > (contentSeq[first!] ?? 0)) {
      contentSeq[first!] = item.seq;
      items = renew(items, index, item);
    }
  }
  return { items, lastSeq, places, contentSeq };
}

function isNew(transcript: Transcript, item: Item): boolean {
  return !transcript.places[item.id] && !transcript.items.some((i) => i.id === item.id);
}

function insert(items: readonly Item[], item: Item): readonly Item[] {
  const at = items.findIndex((i) => i.seq > item.seq);
  return at < 0 ? [...items, item] : [...items.slice(0, at), item, ...items.slice(at)];
}

/** The renewed card keeps id, seq and time of the first, so that it stays where it is read. */
function renew(items: readonly Item[], index: number, item: Item): readonly Item[] {
  const first = items[index]!;
  const card = { ...first, text: item.text, body: item.body };
  return items.map((old, i) => (i === index ? card : old));
}
