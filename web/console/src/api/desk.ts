/** The desk's endpoints, one function each. */
import type {
  Box, Colleague, CustomerFacts, DeskConversation, Finding, InboxPage, Item, Lang, Presence, StaffMe, Suggestion,
} from "./types";
import { get, post, postForm } from "./http";

const conversation = (id: string) => `/api/desk/conversations/${encodeURIComponent(id)}`;

export const PAGE = 100;

export const signIn = (email: string, password: string) =>
  post<unknown>("/api/staff/sign-in", { email, password }, true);
export const signOut = () => post<unknown>("/api/staff/sign-out");
/** The server's words (cards, refusals, suggestions) follow the language of the session. */
export const setLang = (lang: Lang) => post<unknown>("/api/staff/lang", { lang });
export const me = (signal?: AbortSignal) => get<StaffMe>("/api/staff/me", signal);

export function inbox(box: Box, after: string | null, limit = PAGE, signal?: AbortSignal): Promise<InboxPage> {
  const query = new URLSearchParams({ box, limit: String(limit) });
  if (after) query.set("after", after);
  return get<InboxPage>(`/api/desk/inbox?${query}`, signal);
}

export const view = (id: string) => get<DeskConversation>(conversation(id));
export const older = (id: string, before: number) =>
  get<{ items: Item[]; more: boolean }>(`${conversation(id)}/items?before=${before}&limit=50`);
export const customer = (id: string, signal?: AbortSignal) => get<CustomerFacts>(`${conversation(id)}/customer`, signal);

export async function suggestions(id: string): Promise<Suggestion[]> {
  const answer = await get<{ suggestions: Suggestion[] } | Suggestion[]>(`${conversation(id)}/suggestions`);
  return Array.isArray(answer) ? answer : answer.suggestions;
}

export async function findings(id: string, signal?: AbortSignal): Promise<Finding[]> {
  const answer = await get<Finding[] | { findings: Finding[] }>(`${conversation(id)}/findings`, signal);
  return Array.isArray(answer) ? answer : answer.findings;
}

export const diagnose = (id: string, transaction_id: string | null, symptom: string) =>
  post<unknown>(`${conversation(id)}/diagnose`, { transaction_id, symptom });
export const command = (id: string, name: string, finding_id: string) =>
  post<unknown>(`${conversation(id)}/commands`, { command: name, finding_id });
export const accept = (id: string) => post<unknown>(`${conversation(id)}/accept`);
export const release = (id: string) => post<unknown>(`${conversation(id)}/release`);
/** `promise_kept`: the promised news have been told; an answer that is owed is never waived by it. */
export const resolve = (id: string, promise_kept = false) =>
  post<unknown>(`${conversation(id)}/resolve`, promise_kept ? { promise_kept } : {});

export const setPresence = (presence: Presence) => post<unknown>("/api/desk/presence", { presence });

export async function presence(signal?: AbortSignal): Promise<Colleague[]> {
  const answer = await get<Colleague[] | { agents: Colleague[] }>("/api/desk/presence", signal);
  return Array.isArray(answer) ? answer : answer.agents;
}

export interface Uploaded {
  attachment_id: string;
  width: number;
  height: number;
}

/** Store a photo for a conversation; the server re-encodes it and strips its metadata. */
export function upload(id: string, file: Blob): Promise<Uploaded> {
  const form = new FormData();
  form.append("file", file, "photo.jpg");
  return postForm<Uploaded>(`${conversation(id)}/attachments`, form);
}
