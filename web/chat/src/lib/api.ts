/** The REST doors of the chat. */

import { call } from "@walletdesk/parts/http";
import type { Rating, Session, Uuid } from "@walletdesk/proto/protocol";

export function createSession(token: string | null, locale: string, signal: AbortSignal): Promise<Session> {
  return call("/api/chat/sessions", { method: "POST", json: { token, locale }, signal });
}

export const conversationPath = (id: Uuid) => `/api/chat/conversations/${id}`;

export function rate(session: string, id: Uuid, rating: Rating): Promise<unknown> {
  return call(`${conversationPath(id)}/rating`, { method: "POST", session, json: rating });
}
