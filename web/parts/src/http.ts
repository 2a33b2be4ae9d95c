/** The way to the server. An expected "no" is an ApiRefusal in the server's words. */

import type { ApiError } from "@walletdesk/proto/protocol";

export class ApiRefusal extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    text: string,
    readonly field: string | null = null,
  ) {
    super(text);
  }
}

export type Call = RequestInit & { session?: string; json?: unknown };

/** Parses an answer or throws what it refuses; `status` 0 means that the network failed. */
export async function call<T>(path: string, init: Call = {}): Promise<T> {
  const headers = new Headers(init.headers);
  headers.set("Accept-Language", document.documentElement.lang);
  // No foreign page can add this header: with it the server trusts our cookie.
  headers.set("X-Walletdesk", "1");
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
    const { code, text, field } = problem;
    throw new ApiRefusal(answer.status, code ?? `http.${answer.status}`, text ?? answer.statusText, field ?? null);
  }
  return (answer.status === 204 ? null : await answer.json()) as T;
}
