import { describe, expect, it } from "vitest";

import { Outbox } from "../proto/src/outbox.ts";
import { MemoryStore } from "./memory.ts";

interface Words {
  id: string;
  conversation: string;
  text: string;
}

const said = (id: string): Words => ({ id, conversation: "c", text: `text of ${id}` });
const AT = "2026-11-25T08:00:00Z";

describe("the outbox", () => {
  it("keeps what was said over a reload, in the order it was said", () => {
    const store = new MemoryStore();
    const first = new Outbox<Words>("box", undefined, store);
    first.add(said("a"), AT);
    first.add(said("b"), AT);
    expect(new Outbox<Words>("box", undefined, store).pending().map((f) => f.id)).toEqual(["a", "b"]);
  });

  it("holds each id once, however often it is added", () => {
    const box = new Outbox<Words>("box", undefined, new MemoryStore());
    box.add(said("a"), AT);
    box.add({ ...said("a"), text: "other" }, AT);
    expect(box.all()).toHaveLength(1);
    expect(box.all()[0]!.frame.text).toBe("text of a");
  });

  it("forgets what the server has, here and on the device", () => {
    const store = new MemoryStore();
    const box = new Outbox<Words>("box", undefined, store);
    box.add(said("a"), AT);
    box.done("a");
    expect(box.all()).toEqual([]);
    expect(store.getItem("box")).toBeNull();
  });

  it("does not send by itself what was refused, until somebody asks for it", () => {
    const box = new Outbox<Words>("box", undefined, new MemoryStore());
    box.add(said("a"), AT);
    box.fail("a", "too fast");
    expect(box.pending()).toEqual([]);
    expect(box.all()[0]!.failed).toBe("too fast");
    expect(box.again("a")).toEqual(said("a"));
    expect(box.pending()).toEqual([said("a")]);
  });

  it("works on without a store, and with one that is full or holds rubbish", () => {
    const full = new MemoryStore();
    full.setItem = () => {
      throw new Error("quota");
    };
    for (const store of [null, full]) {
      const box = new Outbox<Words>("box", undefined, store);
      box.add(said("a"), AT);
      expect(box.pending()).toEqual([said("a")]);
    }
    const rubbish = new MemoryStore();
    rubbish.setItem("box", "{");
    expect(new Outbox<Words>("box", undefined, rubbish).all()).toEqual([]);
  });

  it("tells its owner of every change", () => {
    const seen: number[] = [];
    const box = new Outbox<Words>("box", (entries) => seen.push(entries.length), new MemoryStore());
    box.add(said("a"), AT);
    box.add(said("b"), AT);
    box.done("a");
    box.done("unknown");
    expect(seen).toEqual([1, 2, 1]);
  });
});
