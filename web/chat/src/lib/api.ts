/** The REST doors of the chat. An expected "no" is an ApiRefusal in the server's words. */

import type { ApiError, Rating, Session, Uuid } from "@walletdesk/proto/protocol";

export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    text: string,
  ) {
    super(text);
  }
}

/** Parses an answer or throws what it refuses; `status` 0 means that the network failed. */
export async function call<T>(path: string, init: RequestInit & { session?: string; json?: unknown } = {}): Promise<T> {
  const headers = new Headers(init.headers);
  headers.set("Accept-Language", document.documentElement.lang);
  if (init.session) headers.set("Authorization", `Bearer ${init.session}`);
  let body = init.body ?? null;
  if (init.json !== undefined) {
    headers.set("Content-Type", "application/json");
    body = JSON.stringify(init.json);
  }
  let answer: Response;
  try {
    answer = await fetch(path, { ...init, headers, body, credentials: "same-origin" });
  } catch (error) {
    throw new ApiRefusal(0, init.signal?.aborted ? "client.aborted" : "client.offline", String(error));
  }
  if (!answer.ok) {
    const problem = (await answer.json().catch(() => ({}))) as Partial<ApiError>;
    throw new ApiRefusal(answer.status, problem.code ?? `http.${answer.status}`, problem.text ?? answer.statusText);
  }
  return (answer.status === 204 ? null : await answer.json()) as T;
}

export function createSession(token: string | null, locale: string, signal: AbortSignal): Promise<Session> {
  return call("/api/chat/sessions", { method: "POST", json: { token, locale }, signal });
}

export const conversationPath = (id: Uuid) => `/api/chat/conversations/${id}`;

export function rate(session: string, id: Uuid, rating: Rating): Promise<unknown> {
  return call(`${conversationPath(id)}/rating`, { method: "POST", session, json: rating });
}
