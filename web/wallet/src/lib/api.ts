/** The doors of the demo wallet, one function each. */

import { call } from "@walletdesk/parts/http";
import type {
  Announcement, DemoFaults, DemoPersona, DemoPlayed, PaymentRequest, TopUpRequest, TransferRequest, Uuid, WalletAccount, WalletBank, WalletMe,
  WalletMerchant, WalletPayee, WalletTransaction, WalletTransactions,
} from "@walletdesk/proto/protocol";

const WITHIN_MS = 20_000;

function get<T>(path: string): Promise<T> {
  return call<T>(path, { signal: AbortSignal.timeout(WITHIN_MS) });
}

function post<T>(path: string, json: unknown = {}): Promise<T> {
  return call<T>(path, { method: "POST", json, signal: AbortSignal.timeout(WITHIN_MS) });
}

export const PAGE = 20;

export const me = () => get<WalletMe>("/api/wallet/me");
export const accounts = async () => (await get<{ accounts: WalletAccount[] }>("/api/wallet/accounts")).accounts;
export const transaction = (id: Uuid) => get<WalletTransaction>(`/api/wallet/transactions/${encodeURIComponent(id)}`);
export const payees = () => get<{ payees: WalletPayee[]; banks: WalletBank[] }>("/api/wallet/payees");
export const announcements = async (lang: string) =>
  (await get<{ announcements: Announcement[] }>(`/api/announcements?lang=${lang}`)).announcements;
export const merchants = async () => (await get<{ merchants: WalletMerchant[] }>("/api/wallet/merchants")).merchants;

export function transactions(before: string | null, limit = PAGE): Promise<WalletTransactions> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (before) query.set("before", before);
  return get<WalletTransactions>(`/api/wallet/transactions?${query}`);
}

export const PATHS = { pay: "/api/wallet/payments", transfer: "/api/wallet/transfers", top_up: "/api/wallet/top-ups" };
export type Kind = keyof typeof PATHS;
export type Order = PaymentRequest | TransferRequest | TopUpRequest;

/** Asks for money to move. The order's own id makes it safe to ask again. */
export const ask = (kind: Kind, order: Order) => post<WalletTransaction>(PATHS[kind], order);

/** Where the chat opens for this customer, with what he is looking at. */
export const chatAddress = async (about: { transaction_id?: Uuid; page?: string }) =>
  (await post<{ url: string }>("/api/wallet/chat-token", about)).url;

export const signOut = () => post<null>("/api/wallet/sign-out");
export const personas = async () => (await get<{ personas: DemoPersona[] }>("/api/demo/personas")).personas;
export const signIn = (persona: string) => post<unknown>("/api/demo/sign-in", { persona });
export const faults = () => get<DemoFaults>("/api/demo/faults");
export const setFault = (fault: string) => post<unknown>("/api/demo/faults", { fault });
export const play = async (fault: string) => (await post<DemoPlayed>("/api/demo/play", { fault })).transaction_id;
