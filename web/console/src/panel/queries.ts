/** The customer's side of a conversation, asked once and again only when something said it changed. */
import { QueryClient, queryOptions } from "@tanstack/react-query";
import * as desk from "../api/desk";
import { ApiRefusal } from "../api/http";
import { onLanguage } from "../live/session";
import { hear } from "../live/wire";

const FRESH_MS = 60_000;

export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: FRESH_MS,
      refetchOnWindowFocus: false,
      retry: (times, error) => times < 2 && error instanceof ApiRefusal && (error.status === 0 || error.status >= 500),
    },
  },
});

export const customerQuery = (id: string) =>
  queryOptions({ queryKey: ["customer", id], queryFn: ({ signal }) => desk.customer(id, signal) });

export const findingsQuery = (id: string) =>
  queryOptions({ queryKey: ["findings", id], queryFn: ({ signal }) => desk.findings(id, signal) });

/** A new or renewed card means a new finding, a command that moved, and perhaps money that did. */
export function listenPanel(): void {
  onLanguage(() => void queries.invalidateQueries());
  hear("items", (frame) => {
    if (!frame.items.some((item) => item.kind === "card")) return;
    void queries.invalidateQueries({ queryKey: ["findings", frame.conversation] });
    void queries.invalidateQueries({ queryKey: ["customer", frame.conversation] });
  });
}
