/** Coming, going, and the way to the desk. */

import { ApiRefusal } from "@walletdesk/parts/http";
import { CHAT_PLACE } from "@walletdesk/parts/keys";
import { prefs, setPrefs, suggestPrefs } from "@walletdesk/parts/prefs";
import { safeStorage } from "@walletdesk/proto/outbox";
import type { Uuid } from "@walletdesk/proto/protocol";

import * as api from "./api.ts";
import { forgetAll } from "./asked.ts";
import { Doings } from "./doing.ts";
import { go } from "./route.ts";
import { heard, session } from "./session.ts";

export const doings = new Doings(api.ask);

export async function whoAmI(): Promise<void> {
  const before = session.get().now;
  try {
    const me = await api.me();
    suggestPrefs({ large: me.large_type });
    session.set({ now: { is: "in", me } });
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    if (error.status === 401 || error.status === 403) session.set({ now: { is: "out", ended: before.is === "in" } });
    else if (before.is !== "in") session.set({ now: { is: "failed" } });
  }
}

/** Nobody finds another's conversation on a device they share. */
function forgetCustomer(): void {
  forgetAll();
  safeStorage()?.removeItem(CHAT_PLACE);
}

export async function enterAs(persona: string): Promise<void> {
  await api.signIn(persona);
  // Whoever chose in English goes on in English, in the chat too, whatever the persona speaks.
  setPrefs({ lang: prefs.get().lang });
  forgetCustomer();
  await whoAmI();
  go({ name: "home" }, true);
}

/** Even when the server cannot be told, this page shows nothing any more. */
export async function leave(): Promise<void> {
  await api.signOut().catch(() => undefined);
  forgetCustomer();
  session.set({ now: { is: "out", ended: false } });
  go({ name: "home" }, true);
}

/** Opens the desk with what the customer is looking at: nothing need be typed again. */
export async function openChat(about: { transaction_id?: Uuid; page?: string }): Promise<void> {
  try {
    const address = await api.chatAddress(about).catch((error: unknown) => {
      // A transaction that is not there is no reason to be left without the desk.
      if (!(error instanceof ApiRefusal) || error.status !== 404 || !about.page) throw error;
      return api.chatAddress({ page: about.page });
    });
    location.assign(address);
  } catch (error) {
    heard(error);
    throw error;
  }
}
