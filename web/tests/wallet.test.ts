import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiRefusal } from "../parts/src/http.ts";
import { clean, minorOf, press, type Key } from "../wallet/src/lib/amount.ts";
import { Doings } from "../wallet/src/lib/doing.ts";
import type { WalletTransaction } from "../proto/src/protocol.ts";
import { MemoryStore } from "./memory.ts";

const keyed = (keys: string, currency = "CNY") =>
  [...keys].reduce((text, key) => press(text, (key === "<" ? "back" : key) as Key, currency), "");

describe("the keypad", () => {
  it("writes amounts only", () => {
    expect(keyed("28.50")).toBe("28.50");
    expect(keyed("28.505")).toBe("28.50");
    expect(keyed("007")).toBe("7");
    expect(keyed(".5")).toBe("0.5");
    expect(keyed("1..5")).toBe("1.5");
    expect(keyed("12<<<3")).toBe("3");
    expect(keyed("123456789")).toBe("1234567");
    expect(keyed("5.5", "JPY")).toBe("55");
  });

  it("takes what a keyboard or the clipboard brings, if it is an amount", () => {
    expect(clean("1,234.5", "CNY")).toBe("1234.5");
    expect(clean("12。5", "CNY")).toBe("12.5");
    expect(clean("abc", "CNY")).toBeNull();
    expect(clean("", "CNY")).toBe("");
  });

  it("knows zero and half an amount for none", () => {
    expect(minorOf("0", "CNY")).toBeNull();
    expect(minorOf("0.", "CNY")).toBeNull();
    expect(minorOf("", "CNY")).toBeNull();
    expect(minorOf("12.", "CNY")).toBe(1200);
    expect(minorOf("0.01", "CNY")).toBe(1);
  });
});

describe("a movement of money", () => {
  const rest = { kind: "pay" as const, whom: "shop", currency: "CNY", customer: "me" };
  const body = { merchant_id: "m", amount_minor: 2800, source: "balance" as const };
  const done = { id: "tx", state: "pending" } as WalletTransaction;
  let store: MemoryStore;
  beforeEach(() => {
    store = new MemoryStore();
  });

  it("keeps its id until there is an answer, so that asking again is the same order", async () => {
    const asked: string[] = [];
    const ask = vi
      .fn()
      .mockImplementationOnce((_, order: { id: string }) => {
        asked.push(order.id);
        return Promise.reject(new ApiRefusal(0, "client.offline", ""));
      })
      .mockImplementationOnce((_, order: { id: string }) => {
        asked.push(order.id);
        return Promise.resolve(done);
      });
    const doings = new Doings(ask, store);
    expect(await doings.send(doings.prepare(body, rest))).toEqual({ is: "unknown" });
    expect(doings.open("me")?.order.amount_minor).toBe(2800);
    expect(await doings.send(doings.prepare(body, rest))).toEqual({ is: "answered", transaction: done });
    expect(asked[0]).toBe(asked[1]);
    expect(doings.open("me")).toBeNull();
  });

  it("is another one when anything in it is another", async () => {
    const doings = new Doings(() => Promise.reject(new ApiRefusal(503, "x", "")), store);
    const first = doings.prepare(body, rest);
    await doings.send(first);
    expect(doings.prepare({ ...body, amount_minor: 2900 }, rest).order.id).not.toBe(first.order.id);
    expect(doings.prepare({ ...body, source: "card" }, rest).order.id).not.toBe(first.order.id);
    expect(doings.prepare(body, rest).order.id).toBe(first.order.id);
  });

  it("survives closing the page, and is nobody else's", async () => {
    const first = new Doings(() => Promise.reject(new ApiRefusal(0, "client.offline", "")), store);
    const open = first.prepare(body, rest);
    await first.send(open);
    const later = new Doings(() => Promise.resolve(done), store);
    expect(later.open("me")).toEqual(open);
    expect(later.open("somebody else")).toBeNull();
  });

  it.each([400, 403, 404, 409, 422])("is over when the server says no (%i)", async (status) => {
    const doings = new Doings(() => Promise.reject(new ApiRefusal(status, "wallet.limit", "too much")), store);
    const outcome = await doings.send(doings.prepare(body, rest));
    expect(outcome).toEqual({ is: "refused", text: "too much", code: "wallet.limit" });
    expect(doings.open("me")).toBeNull();
  });

  it.each([0, 401, 429, 500, 503])("is not over when nobody knows (%i)", async (status) => {
    const doings = new Doings(() => Promise.reject(new ApiRefusal(status, "x", "")), store);
    expect(await doings.send(doings.prepare(body, rest))).toEqual({ is: "unknown" });
    expect(doings.open("me")).not.toBeNull();
  });
});

describe("the addresses of the wallet", () => {
  it("lead back to where they came from", async () => {
    vi.stubGlobal("location", { pathname: "/wallet" });
    vi.stubGlobal("addEventListener", () => undefined);
    const { addressOf, routeOf } = await import("../wallet/src/lib/route.ts");
    for (const name of ["home", "bills", "pay", "transfer", "top_up", "me", "demo"] as const) {
      expect(routeOf(addressOf({ name }))).toEqual({ name });
    }
    for (const name of ["transaction", "result"] as const) {
      expect(routeOf(addressOf({ name, id: "a/b" }))).toEqual({ name, id: "a/b" });
    }
    expect(routeOf("/wallet/nowhere")).toEqual({ name: "home" });
    vi.unstubAllGlobals();
  });
});
