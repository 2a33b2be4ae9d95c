import { describe, expect, it } from "vitest";

import { boxesOf, shownRows } from "../console/src/inbox/order.ts";
import { timeLeft } from "../console/src/inbox/wait.ts";
import { draw, type Eyes } from "../console/src/conversation/drawn.ts";
import { factTone } from "../console/src/panel/facts.ts";
import { shortRecord } from "../chat/src/cards/records.tsx";
import type { InboxRow, Item } from "../proto/src/protocol.ts";

const NOW = Date.parse("2026-11-25T08:00:00Z");
const at = (seconds: number) => new Date(NOW + seconds * 1000).toISOString();

function row(id: string, change: Partial<InboxRow> = {}): InboxRow {
  return {
    id, customer_name: id, locale: "zh", large_type: false, state: "agent", owner_kind: "agent", owner_id: "me",
    owner_name: "me", skill: "money", priority_class: 1, level: 0, due_at: at(300), owed_since: at(-60),
    waiting_since: at(-60), last_text: "", last_at: at(-60), unread: 0, subject: null, symptom: null, verdict: null,
    ...change,
  };
}

describe("the order of the inbox", () => {
  const ids = (rows: InboxRow[], sort: "due" | "waiting" | "latest" = "due") => shownRows(rows, "", sort).map((one) => one.id);

  it("puts the red list first, then what waits on us by due time, then what waits for the customer", () => {
    const rows = [
      row("customer", { state: "wait_cust", due_at: at(1) }),
      row("late", { due_at: at(600) }),
      row("soon", { due_at: at(30) }),
      row("red", { level: 4, due_at: at(900) }),
    ];
    expect(ids(rows)).toEqual(["red", "soon", "late", "customer"]);
  });

  it("can be by waiting time or by the latest word", () => {
    const rows = [row("a", { owed_since: at(-10), last_at: at(-1) }), row("b", { owed_since: at(-90), last_at: at(-50) })];
    expect(ids(rows, "waiting")).toEqual(["b", "a"]);
    expect(ids(rows, "latest")).toEqual(["a", "b"]);
  });

  it("is filtered by every word", () => {
    const rows = [row("a", { customer_name: "王秀英", last_text: "转账" }), row("b", { customer_name: "王芳" })];
    expect(shownRows(rows, "王 转账", "due").map((one) => one.id)).toEqual(["a"]);
  });
});

describe("the boxes of a row", () => {
  it("follow its state and owner", () => {
    expect([...boxesOf(row("a"), "me")].sort()).toEqual(["all", "mine"]);
    expect([...boxesOf(row("a", { owner_id: "other" }), "me")]).toEqual(["all"]);
    expect([...boxesOf(row("a", { state: "queued", owner_id: null, owner_kind: "queue" }), "me")].sort()).toEqual(["all", "unassigned"]);
    expect([...boxesOf(row("a", { state: "resolved" }), "me")]).toEqual(["resolved"]);
  });
});

describe("the time left", () => {
  const t = (key: string, ...args: (string | number)[]) => [key, ...args].join(" ");
  it("presses only while the next word is ours", () => {
    expect(timeLeft(row("a", { due_at: at(42) }), NOW, t)).toEqual({ text: "left.left 0:42", tone: "soon" });
    expect(timeLeft(row("a", { due_at: at(-42) }), NOW, t)).toEqual({ text: "left.late 0:42", tone: "late" });
    expect(timeLeft(row("a", { state: "wait_cust" }), NOW, t)?.tone).toBe("calm");
    expect(timeLeft(row("a", { state: "resolved" }), NOW, t)).toBeNull();
    expect(timeLeft(row("a", { due_at: null }), NOW, t)).toBeNull();
  });
});

describe("a conversation of ten thousand items", () => {
  const item = (seq: number): Item => ({
    seq, id: `i${seq}`, kind: "text", author: { kind: seq % 2 ? "customer" : "agent", name: null }, text: "", body: null,
    replaces: null, at: at(seq),
  });
  const eyes: Eyes = { lang: "zh", myName: "me", customerReadSeq: 0 };

  it("draws only what changed when one is added or read", () => {
    const items = Array.from({ length: 10_000 }, (_, index) => item(index + 1));
    const first = draw(items, eyes, new Map());
    const known = new Map(first.map((one) => [one.item.id, one]));
    const more = draw([...items, item(10_001)], eyes, known);
    expect(more.filter((one, index) => one !== first[index])).toHaveLength(1);
    const read = draw(items, { ...eyes, customerReadSeq: 4 }, known);
    expect(read.filter((one, index) => one !== first[index]).map((one) => one.item.seq)).toEqual([2, 4]);
  });
});

describe("facts and records", () => {
  it("keep yes, no and unknown apart", () => {
    expect([true, false, null, undefined, "text", 0].map(factTone)).toEqual(["yes", "no", "unknown", "unknown", "plain", "plain"]);
  });
  it("are named by kind and last four", () => {
    expect(shortRecord("entry/7/8841")).toEqual(["entry", "8841"]);
    expect(shortRecord("notice/0192aaaa-1111-7000-8000-0000000021aa")).toEqual(["notice", "21aa"]);
  });
});
