/** Who is signed in here, and whether the line stands. */

import { ApiRefusal } from "@walletdesk/parts/http";
import { Store } from "@walletdesk/parts/store";
import type { WalletMe } from "@walletdesk/proto/protocol";

export type Session =
  | { is: "asking" }
  /** `ended`: somebody was signed in here and no longer is. */
  | { is: "out"; ended: boolean }
  | { is: "failed" }
  | { is: "in"; me: WalletMe };

export const session = new Store<{ now: Session }>({ now: { is: "asking" } });
export const line = new Store<{ online: boolean }>({ online: navigator.onLine });

addEventListener("online", () => line.set({ online: true }));
addEventListener("offline", () => line.set({ online: false }));

export function currentMe(): WalletMe | null {
  const { now } = session.get();
  return now.is === "in" ? now.me : null;
}

/** Any request may learn that the session has ended. */
export function heard(error: unknown): void {
  if (error instanceof ApiRefusal && error.status === 401 && currentMe()) session.set({ now: { is: "out", ended: true } });
}
