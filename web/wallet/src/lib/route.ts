/** Where in the wallet the reader is: the address says it, so that back, reload and links work. */

import { Store } from "@walletdesk/parts/store";

const BASE = "/wallet";

export type Route =
  | { name: "home" | "bills" | "pay" | "transfer" | "top_up" | "me" | "demo" }
  | { name: "transaction" | "result"; id: string };

const PLAIN = { "": "home", bills: "bills", pay: "pay", transfer: "transfer", "top-up": "top_up", me: "me", demo: "demo" } as const;

/** An address that is none of ours leads home. Pure. */
export function routeOf(path: string): Route {
  const [first = "", second] = path.slice(BASE.length).split("/").filter(Boolean);
  if ((first === "t" || first === "result") && second) {
    return { name: first === "t" ? "transaction" : "result", id: decodeURIComponent(second) };
  }
  return { name: PLAIN[first as keyof typeof PLAIN] ?? "home" };
}

export function addressOf(route: Route): string {
  if ("id" in route) return `${BASE}/${route.name === "result" ? "result" : "t"}/${encodeURIComponent(route.id)}`;
  const [path] = Object.entries(PLAIN).find(([, name]) => name === route.name)!;
  return path ? `${BASE}/${path}` : BASE;
}

export const place = new Store<{ route: Route }>({ route: routeOf(location.pathname) });

/** How far each screen was scrolled: whoever comes back finds his place. */
const scrolled = new Map<string, number>();
let cameBack = false;

export function keepScroll(route: Route, top: number): void {
  scrolled.set(addressOf(route), top);
}

export function keptScroll(route: Route): number {
  return cameBack ? (scrolled.get(addressOf(route)) ?? 0) : 0;
}

addEventListener("popstate", () => {
  cameBack = true;
  place.set({ route: routeOf(location.pathname) });
});

export function go(route: Route, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", addressOf(route));
  cameBack = false;
  place.set({ route });
}
