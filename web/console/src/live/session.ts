/** Who is signed in here. Everything live starts and ends with it. */
import type { StaffMe } from "../api/types";
import * as desk from "../api/desk";
import { ApiRefusal, onSignedOut, setRequestLanguage } from "../api/http";
import { hasChosenLanguage, prefs, setPrefs } from "../app/prefs";
import { Store } from "./store";

export type Session =
  | { is: "asking" }
  | { is: "out"; why: "never" | "expired" | "left" }
  | { is: "unreachable"; error: unknown }
  | { is: "forbidden"; me: StaffMe }
  | { is: "in"; me: StaffMe };

export const session = new Store<Session>({ is: "asking" });

const DESK_ROLES = ["agent", "supervisor", "compliance"];

export function mayUseDesk(me: StaffMe): boolean {
  return me.roles.length === 0 || me.roles.some((role) => DESK_ROLES.includes(role));
}

export function isSupervisor(me: StaffMe): boolean {
  return me.roles.some((role) => role !== "agent" && DESK_ROLES.includes(role));
}

const languageTold = new Set<() => void>();

/** Hear when the server has begun to speak another language to us. */
export function onLanguage(listener: () => void): void {
  languageTold.add(listener);
}

async function tellLanguage(): Promise<void> {
  await desk.setLang(prefs.get().lang).catch(() => undefined);
  for (const tell of languageTold) tell();
}

/** Ask the server who we are; the cookie decides. */
export async function askWhoIAm(): Promise<void> {
  const before = session.get();
  try {
    const me = await desk.me();
    if (!hasChosenLanguage()) setPrefs({ lang: me.lang });
    else if (me.lang !== prefs.get().lang) await tellLanguage();
    session.set(mayUseDesk(me) ? { is: "in", me } : { is: "forbidden", me });
  } catch (error) {
    if (error instanceof ApiRefusal && (error.status === 401 || error.status === 403)) {
      session.set({ is: "out", why: before.is === "in" ? "expired" : "never" });
    } else if (before.is !== "in") {
      session.set({ is: "unreachable", error });
    }
  }
}

export async function signIn(email: string, password: string): Promise<void> {
  await desk.signIn(email, password);
  await askWhoIAm();
}

/** Leave. Even when the server cannot be told, this browser shows nothing any more. */
export async function leave(): Promise<void> {
  await desk.signOut().catch(() => undefined);
  session.set({ is: "out", why: "left" });
}

export function currentMe(): StaffMe | null {
  const now = session.get();
  return now.is === "in" ? now.me : null;
}

onSignedOut(() => {
  if (session.get().is === "in") session.set({ is: "out", why: "expired" });
});
setRequestLanguage(prefs.get().lang);
let spoken = prefs.get().lang;
prefs.subscribe(() => {
  const { lang } = prefs.get();
  if (lang === spoken) return;
  spoken = lang;
  setRequestLanguage(lang);
  if (session.get().is === "in") void tellLanguage();
});
