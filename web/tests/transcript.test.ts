import { describe, expect, it } from "vitest";

import type { Item } from "../proto/src/protocol.ts";
import { EMPTY, merge, type Transcript } from "../proto/src/transcript.ts";
import { seeded } from "./memory.ts";

function item(seq: number, replaces: string | null = null): Item {
  return {
    seq, id: `i${seq}`, kind: "card", author: { kind: "bot", name: null }, text: `text ${seq}`, body: null, replaces,
    at: new Date(1_700_000_000_000 + seq).toISOString(),
  };
}

const texts = (transcript: Transcript) => transcript.items.map((one) => one.text);

describe("a transcript", () => {
  it("shows each item once and in order, however it arrives", () => {
    const random = seeded(7);
    const all = Array.from({ length: 40 }, (_, index) => item(index + 1));
    for (let round = 0; round < 50; round++) {
      let transcript = EMPTY;
      while (transcript.items.length < all.length) {
        const from = Math.floor(random() * all.length);
        const batch = all.slice(from, from + 1 + Math.floor(random() * 8)).sort(() => random() - 0.5);
        transcript = merge(transcript, batch);
      }
      expect(transcript.items.map((one) => one.seq)).toEqual(all.map((one) => one.seq));
      expect(transcript.lastSeq).toBe(40);
    }
  });

  it("renews a card in its place: id, seq and time stay, the words change", () => {
    const transcript = merge(merge(EMPTY, [item(1), item(2)]), [item(3, "i1")]);
    expect(texts(transcript)).toEqual(["text 3", "text 2"]);
    expect(transcript.items[0]!.id).toBe("i1");
    expect(transcript.items[0]!.seq).toBe(1);
    expect(transcript.lastSeq).toBe(3);
  });

  it("follows a renewal of a renewal to the first card", () => {
    const transcript = merge(EMPTY, [item(1), item(2, "i1"), item(3, "i2")]);
    expect(texts(transcript)).toEqual(["text 3"]);
  });

  it("never lets an older renewal win", () => {
    const transcript = merge(merge(EMPTY, [item(1), item(3, "i1")]), [item(2, "i1")]);
    expect(texts(transcript)).toEqual(["text 3"]);
  });

  it("shows a renewal whose first card was never seen as a card of its own", () => {
    expect(texts(merge(EMPTY, [item(5, "i1")]))).toEqual(["text 5"]);
  });

  it("stays the very same when nothing is new, so that nothing is drawn again", () => {
    const transcript = merge(EMPTY, [item(1), item(2, "i1")]);
    expect(merge(transcript, [item(1), item(2, "i1")])).toBe(transcript);
  });
});
