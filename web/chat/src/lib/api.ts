/** The REST doors of the chat. */

import { call } from "@walletdesk/parts/http";
import type { Session, Uuid } from "@walletdesk/proto/protocol";

export function createSession(token: string | null, locale: string, signal: AbortSignal): Promise<Session> {
  return call("/api/chat/sessions", { method: "POST", json: { token, locale }, signal });
}

export const conversationPath = (id: Uuid) => `/api/chat/conversations/${id}`;
