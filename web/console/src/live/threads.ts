/** The conversations that are or were open here: items by sequence, state, read marks, who is typing. */
import { EMPTY, merge, type Transcript } from "@walletdesk/proto/transcript";
import type { Item, State, Suggestion } from "../api/types";
import * as desk from "../api/desk";
import { ApiRefusal } from "../api/http";
import { applyRow } from "./inbox";
import { onLanguage } from "./session";
import { Store } from "./store";
import { greet, hear, line, send } from "./wire";

export interface Thread {
  id: string;
  is: "loading" | "ready" | "error";
  error: ApiRefusal | null;
  transcript: Transcript;
  /** Whether the server has items before the first one here. */
  more: boolean;
  loadingOlder: boolean;
  state: State | null;
  suggestions: Suggestion[];
  customerTypingUntil: number;
  /** Colleague who is typing in the same conversation, until when. */
  colleagueTypingUntil: number;
}

const KEPT = 12;
const TYPING_MS = 6000;
const threads = new Map<string, Store<Thread>>();
/** The conversation on the screen; the only one that is watched. */
let watched: string | null = null;

function blank(id: string): Thread {
  return {
    id, is: "loading", error: null, transcript: EMPTY, more: false, loadingOlder: false, state: null,
    suggestions: [], customerTypingUntil: 0, colleagueTypingUntil: 0,
  };
}

/** The thread of one conversation, loading it on first use; old ones are forgotten. */
export function threadOf(id: string): Store<Thread> {
  const known = threads.get(id);
  if (known) return known;
  const made = new Store(blank(id));
  threads.set(id, made);
  for (const other of threads.keys()) {
    if (threads.size <= KEPT) break;
    if (other !== id && other !== watched) threads.delete(other);
  }
  return made;
}

function change(id: string, how: (old: Thread) => Thread): void {
  threads.get(id)?.update(how);
}

export async function load(id: string): Promise<void> {
  const thread = threadOf(id);
  if (thread.get().is === "error") thread.update((old) => ({ ...old, is: "loading", error: null }));
  try {
    const view = await desk.view(id);
    applyRow(view.row);
    thread.update((old) => ({
      ...old,
      is: "ready",
      error: null,
      transcript: merge(old.transcript, view.items),
      more: old.transcript.items.length > view.items.length ? old.more : view.more,
      state: view.state,
      suggestions: view.suggestions,
    }));
    if (watched === id) follow(id);
  } catch (error) {
    if (!(error instanceof ApiRefusal)) throw error;
    thread.update((old) => (old.is === "ready" ? old : { ...old, is: "error", error }));
  }
}

export async function loadOlder(id: string): Promise<void> {
  const thread = threadOf(id);
  const { transcript, more, loadingOlder } = thread.get();
  const first = transcript.items[0];
  if (!more || loadingOlder || !first) return;
  thread.update((old) => ({ ...old, loadingOlder: true }));
  try {
    const page = await desk.older(id, first.seq);
    thread.update((old) => ({
      ...old,
      loadingOlder: false,
      more: page.more,
      transcript: merge(old.transcript, page.items),
    }));
  } catch (error) {
    thread.update((old) => ({ ...old, loadingOlder: false }));
    if (!(error instanceof ApiRefusal)) throw error;
  }
}

function follow(id: string): void {
  send({ t: "watch", conversation: id, since: threadOf(id).get().transcript.lastSeq });
}

/** Put a conversation on the screen: load it once, then follow it by sequence number. */
export function watch(id: string): void {
  if (watched === id) return;
  if (watched) send({ t: "unwatch", conversation: watched });
  watched = id;
  if (threadOf(id).get().is === "ready") follow(id);
  else void load(id);
}

export function unwatch(): void {
  if (watched) send({ t: "unwatch", conversation: watched });
  watched = null;
}

export function readUpTo(id: string, seq: number): void {
  const state = threadOf(id).get().state;
  if (!state || state.agent_read_seq >= seq) return;
  if (!send({ t: "read", conversation: id, seq })) return;
  change(id, (old) => (old.state ? { ...old, state: { ...old.state, agent_read_seq: seq } } : old));
}

export async function refreshSuggestions(id: string): Promise<void> {
  const suggestions = await desk.suggestions(id).catch(() => null);
  if (suggestions) change(id, (old) => ({ ...old, suggestions }));
}

/** Put an item here that the acknowledgement brought before the broadcast did. */
export function place(id: string, item: Item): void {
  change(id, (old) => ({ ...old, transcript: merge(old.transcript, [item]) }));
}

const suggestionTimers = new Map<string, number>();

/** New words or a new finding change what fits; asked once after things have calmed down. */
function suggestSoon(id: string, items: Item[]): void {
  const matters = items.some((item) => item.author.kind === "customer" || item.kind === "card");
  if (!matters || id !== watched) return;
  window.clearTimeout(suggestionTimers.get(id));
  suggestionTimers.set(id, window.setTimeout(() => void refreshSuggestions(id), 600));
}

export function forgetThreads(): void {
  watched = null;
  threads.clear();
}

export function listenThreads(): void {
  onLanguage(() => {
    if (watched) void load(watched);
  });
  hear("items", (frame) => {
    const customerSpoke = frame.items.some((item) => item.author.kind === "customer");
    change(frame.conversation, (old) => ({
      ...old,
      transcript: merge(old.transcript, frame.items),
      state: frame.state,
      customerTypingUntil: customerSpoke ? 0 : old.customerTypingUntil,
    }));
    if (frame.more && frame.items.length > 0) {
      const since = threads.get(frame.conversation)?.get().transcript.lastSeq ?? 0;
      send({ t: "watch", conversation: frame.conversation, since });
    }
    suggestSoon(frame.conversation, frame.items);
  });
  hear("state", (frame) => change(frame.conversation, (old) => ({ ...old, state: frame.state })));
  hear("typing", (frame) => {
    const until = frame.on ? Date.now() + TYPING_MS : 0;
    change(frame.conversation, (old) =>
      frame.who === "customer" ? { ...old, customerTypingUntil: until } : { ...old, colleagueTypingUntil: until },
    );
  });
  hear("read", (frame) =>
    change(frame.conversation, (old) => {
      if (!old.state) return old;
      const mark = frame.who === "customer" ? "customer_read_seq" : "agent_read_seq";
      return { ...old, state: { ...old.state, [mark]: Math.max(old.state[mark], frame.seq) } };
    }),
  );
  greet(() => {
    if (!watched) return [];
    const thread = threads.get(watched)?.get();
    if (thread?.is !== "ready") return [];
    return [{ t: "watch", conversation: watched, since: thread.transcript.lastSeq }];
  });
  line.subscribe(() => {
    const thread = watched ? threads.get(watched)?.get() : null;
    if (line.get().status === "online" && thread?.is === "error" && thread.error?.status === 0) void load(thread.id);
  });
}
