import { afterEach, describe, expect, it, vi } from "vitest";

import { conversationFor } from "../chat/src/lib/place.ts";
import { choicesMade, rowsOf } from "../chat/src/lib/rows.ts";
import { looksSecret } from "../chat/src/lib/secrets.ts";
import { minutesRange } from "../chat/src/parts/queue.tsx";
import type { Item, SayFrame, Session, State } from "../proto/src/protocol.ts";
import { EMPTY, merge } from "../proto/src/transcript.ts";

const AT = "2026-11-25T08:00:00Z";

function item(seq: number, kind: Item["author"]["kind"], at = AT): Item {
  return { seq, id: `i${seq}`, kind: "text", author: { kind, name: null }, text: "", body: null, replaces: null, at };
}

const frame = (id: string): SayFrame => ({ t: "say", id, conversation: "c", kind: "text", text: "hello" });
const STATE = { agent_read_seq: 2 } as State;

describe("the rows of the log", () => {
  const transcript = merge(EMPTY, [item(1, "customer"), item(2, "bot"), item(3, "customer")]);

  it("say of one's own words whether they were read, sent, are on their way or did not go", () => {
    const entries = [
      { frame: frame("new"), at: AT, failed: null },
      { frame: frame("no"), at: AT, failed: "too fast" },
    ];
    const online = rowsOf({ transcript, entries, line: "online", state: STATE });
    expect(online.map((row) => row.delivery)).toEqual(["read", null, "sent", "sending", "failed"]);
    const offline = rowsOf({ transcript, entries, line: "offline", state: STATE });
    expect(offline.map((row) => row.delivery)).toEqual(["read", null, "sent", "waiting", "failed"]);
  });

  it("do not show twice what the server has already given back", () => {
    const entries = [{ frame: frame("i3"), at: AT, failed: null }];
    expect(rowsOf({ transcript, entries, line: "online", state: null }).map((row) => row.key)).toEqual(["i1", "i2", "i3"]);
  });

  it("put a date above the first of a day and a name above the first of an author", () => {
    const days = merge(EMPTY, [item(1, "bot"), item(2, "bot"), item(3, "bot", "2026-11-27T08:00:00Z")]);
    const rows = rowsOf({ transcript: days, entries: [], line: "online", state: null });
    expect(rows.map((row) => row.newDay)).toEqual([true, false, true]);
    expect(rows.map((row) => row.newAuthor)).toEqual([true, false, true]);
  });

  it("know which option of a card was chosen last", () => {
    const choice = (seq: number, option: string): Item => ({ ...item(seq, "customer"), kind: "choice", body: { card_id: "card", option } });
    const rows = rowsOf({ transcript: merge(EMPTY, [choice(1, "a"), choice(2, "b")]), entries: [], line: "online", state: null });
    expect(choicesMade(rows).get("card")).toBe("b");
  });
});

describe("which conversation a customer comes into", () => {
  const session = (state: string | null, transaction_id: string | null) =>
    ({
      session: "secret",
      context: transaction_id ? { transaction_id } : null,
      conversation: state ? { id: "old", state, last_seq: 3 } : null,
    }) as Session;
  const choose = (one: Session) => conversationFor(one, () => "fresh");
  const answering = (agent_name: string | null) => {
    const fetched = vi.fn().mockResolvedValue(new Response(JSON.stringify({ items: [], state: { agent_name } })));
    vi.stubGlobal("fetch", fetched);
    vi.stubGlobal("document", { documentElement: { lang: "zh-CN" } });
    return fetched;
  };
  afterEach(() => vi.unstubAllGlobals());

  it("is a fresh one for who has none", async () => expect(await choose(session(null, null))).toBe("fresh"));
  it("is the open one for who comes back", async () => expect(await choose(session("bot", null))).toBe("old"));
  it("is one of its own for a question about a transaction", async () => expect(await choose(session("bot", "tx"))).toBe("fresh"));
  it.each(["queued", "offered", "agent", "wait_third"])("stays where people are at work: %s", async (state) => {
    expect(await choose(session(state, "tx"))).toBe("old");
  });
  it("stays with a person who waits for an answer, and not with a bot that does", async () => {
    const fetched = answering("李梅");
    expect(await choose(session("wait_cust", "tx"))).toBe("old");
    expect(fetched.mock.calls[0]![0]).toBe("/api/chat/conversations/old/items?since=3");
    answering(null);
    expect(await choose(session("wait_cust", "tx"))).toBe("fresh");
  });
});

describe("numbers that do not belong in a chat", () => {
  it("are seen", () => {
    expect(looksSecret("my card 4111 1111 1111 1111")).toBe("card");
    expect(looksSecret("11010519491231002X")).toBe("identity");
  });
  it("are not seen in amounts, phones and order numbers", () => {
    for (const text of ["28.00", "13800138000", "20261125-0017", "4111 1111 1111 1112"]) expect(looksSecret(text), text).toBeNull();
  });
});

describe("the announced range", () => {
  it("is whole minutes and never one single number", () => {
    expect(minutesRange({ low_s: 200, high_s: 540 })).toEqual([3, 9]);
    expect(minutesRange({ low_s: 10, high_s: 20 })).toEqual([1, 2]);
    expect(minutesRange({ low_s: 180, high_s: 180 })).toEqual([3, 4]);
  });
});
