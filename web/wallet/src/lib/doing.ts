/**
 * One movement of money from the first tap to its result. The order keeps its id until the server has answered, on the
 * device too, so that whatever breaks in between, asking again never moves the money twice.
 */

import { ApiRefusal } from "@walletdesk/parts/http";
import { newId } from "@walletdesk/proto/ids";
import { safeStorage } from "@walletdesk/proto/outbox";
import type { WalletTransaction } from "@walletdesk/proto/protocol";

import type { Kind, Order } from "./api.ts";

export interface Open {
  kind: Kind;
  order: Order;
  /** To whom, in words: for the page that asks whether to go on. */
  whom: string;
  currency: string;
  customer: string;
}

type Body<O> = O extends Order ? Omit<O, "id"> : never;
export type OrderBody = Body<Order>;

export type Outcome =
  | { is: "answered"; transaction: WalletTransaction }
  | { is: "refused"; text: string; code: string }
  /** No answer came: it may or may not have happened. */
  | { is: "unknown" };

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;
const KEY = "wd.wallet.open";

export class Doings {
  constructor(
    private readonly ask: (kind: Kind, order: Order) => Promise<WalletTransaction>,
    private readonly store: Store | null = safeStorage(),
  ) {}

  /** The order that has no answer yet, if it is this customer's. */
  open(customer: string): Open | null {
    try {
      const found = JSON.parse(this.store?.getItem(KEY) ?? "null") as Open | null;
      return found?.customer === customer ? found : null;
    } catch {
      return null;
    }
  }

  /** A new order; the same words as the one that is open make it that one again, with its id. */
  prepare(body: OrderBody, rest: Omit<Open, "order">): Open {
    const before = this.open(rest.customer);
    if (before?.kind === rest.kind && sameBody(before.order, body)) return before;
    return { ...rest, order: { id: newId(), ...body } as Order };
  }

  /** Asks, and forgets the order only when there is an answer. */
  async send(open: Open): Promise<Outcome> {
    this.#keep(open);
    try {
      const transaction = await this.ask(open.kind, open.order);
      this.#keep(null);
      return { is: "answered", transaction };
    } catch (error) {
      if (!(error instanceof ApiRefusal) || !isAnswer(error.status)) return { is: "unknown" };
      this.#keep(null);
      return { is: "refused", text: error.message, code: error.code };
    }
  }

  /** The customer does not want to know any more; his bills will show what became of it. */
  forget(): void {
    this.#keep(null);
  }

  #keep(open: Open | null): void {
    try {
      if (open) this.store?.setItem(KEY, JSON.stringify(open));
      else this.store?.removeItem(KEY);
    } catch {
      // Storage is full or forbidden: the order lives as long as the page does.
    }
  }
}

/** A "no" of the server is an answer; "try later" and "not signed in" are none. */
function isAnswer(status: number): boolean {
  return status >= 400 && status < 500 && ![401, 408, 425, 429].includes(status);
}

function sameBody(order: Order, body: OrderBody): boolean {
  const { id: _, ...before } = order;
  const sorted = (value: object) => JSON.stringify(Object.entries(value).sort());
  return sorted(before) === sorted(body);
}
