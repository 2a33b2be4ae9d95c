/**
 * The chat's one hand: everything the page does goes through here, everything the server says
 * arrives here. The page reads `store` only.
 */

import { ApiRefusal } from "@walletdesk/parts/http";
import { isLarge, prefs, suggestPrefs } from "@walletdesk/parts/prefs";
import { Store } from "@walletdesk/parts/store";
import { newId } from "@walletdesk/proto/ids";
import { Outbox } from "@walletdesk/proto/outbox";
import type { Frame, Item, OpenFrame, SayFrame, ServerFrame, State, Uuid } from "@walletdesk/proto/protocol";
import { LiveSocket, type Status } from "@walletdesk/proto/socket";
import { merge } from "@walletdesk/proto/transcript";

import { createSession } from "./api.ts";
import { START, type ChatModel } from "./model.ts";
import { conversationFor, keepPlace, keptPlace, takeToken, type Place } from "./place.ts";
import type { Poller } from "./poll.ts";
import { itemOf } from "./rows.ts";
import { loadTexts } from "./texts.ts";

const ENTER_WITHIN_MS = 30_000;
const TYPING_LASTS_MS = 6_000;
const TYPING_EVERY_MS = 3_000;
const UNAUTHENTICATED = /not_signed_in|unauthenticated|session/;

export class Desk {
  readonly store = new Store<ChatModel>(START);
  #place: Place | null = null;
  #entering: Promise<void> = Promise.resolve();
  #outbox = new Outbox<SayFrame>("wd.outbox", undefined, null);
  #socket: LiveSocket<Frame, ServerFrame> | null = null;
  #poller: Poller | null = null;
  #typingSentAt = 0;
  #typingEnds: ReturnType<typeof setTimeout> | undefined;
  #readSent = 0;

  /** Enters with the wallet's token, else where the person was, else as a visitor. */
  enter(): Promise<void> {
    return (this.#entering = this.#enter());
  }

  async #enter(): Promise<void> {
    this.store.set({ phase: "loading" });
    const token = takeToken();
    const kept = keptPlace();
    if (token === null && kept) return this.#goTo(kept);
    try {
      await this.#newSession(token);
    } catch (error) {
      const refused = error instanceof ApiRefusal && error.status >= 400 && error.status < 500;
      if (refused && kept) this.#goTo(kept);
      else this.store.set({ phase: refused && token !== null ? "expired" : "failed" });
    }
  }

  /** As somebody nobody knows: public help and reports only. */
  async enterAsVisitor(): Promise<void> {
    keepPlace(null);
    this.#leave();
    await this.enter();
  }

  async #newSession(token: string | null): Promise<void> {
    const signal = AbortSignal.timeout(ENTER_WITHIN_MS);
    const session = await createSession(token, prefs.get().lang, signal);
    // A visitor's session only repeats the language that was asked for.
    if (token !== null) await loadTexts(session.locale);
    suggestPrefs({ lang: token === null ? undefined : session.locale, large: session.large_type });
    const { person, context, expires_at } = session;
    const conversation = await conversationFor(session, newId, signal);
    this.#goTo({ session: session.session, person, context, expires_at, conversation });
  }

  #goTo(place: Place): void {
    this.#leave();
    this.#place = place;
    keepPlace(place);
    const { conversation, person } = place;
    this.#readSent = 0;
    this.store.set({ ...START, phase: "ready", person, conversation });
    this.#outbox = new Outbox<SayFrame>(`wd.outbox.${conversation}`, (entries) => this.store.set({ entries }));
    this.store.set({ entries: this.#outbox.all() });
    this.#connect(place);
  }

  /** A new question: the old conversation stays on the desk, this page shows a fresh one. */
  startOver(): void {
    if (this.#place) this.#goTo({ ...this.#place, context: null, conversation: newId() });
  }

  /** Skips whatever pause is running. */
  retryNow(): void {
    if (this.store.get().phase === "ready") this.#socket?.wake();
    else void this.enter();
  }

  #connect(place: Place): void {
    this.#socket = new LiveSocket<Frame, ServerFrame>({
      url: "/ws/chat",
      hello: () => [{ t: "hello", session: place.session }],
      onlineWith: "welcome",
      onFrame: (frame) => this.hear(frame),
      onStatus: (status) => this.#lineIs(status),
      onFallback: (needed) => void this.#poll(needed),
    });
    this.#socket.start();
  }

  #leave(): void {
    this.#socket?.stop();
    this.#poller?.stop();
    this.#socket = this.#poller = null;
  }

  openFrame(): OpenFrame {
    const { lang, type } = prefs.get();
    const { conversation, context } = this.#place!;
    return { t: "open", conversation, locale: lang, large_type: isLarge(type), context };
  }

  #lineIs(status: Status): void {
    if (this.#poller && status !== "online") return;
    this.store.set(status === "online" ? { line: status } : { line: status, typing: null });
    if (status !== "online" || !this.#place) return;
    const { conversation } = this.#place;
    this.#socket?.send(this.openFrame());
    this.#socket?.send({ t: "sync", conversation, since: this.since() });
    for (const frame of this.#outbox.pending()) this.#socket?.send(frame);
    this.#readSent = 0;
    this.markRead();
  }

  since(): number {
    return this.store.get().transcript.lastSeq;
  }

  async #poll(needed: boolean): Promise<void> {
    if (!needed) {
      this.#poller?.stop();
      this.#poller = null;
      return;
    }
    if (this.#poller || !this.#place) return;
    const { Poller } = await import("./poll.ts");
    this.#poller = new Poller(this, this.#place.session, this.#outbox);
    this.#poller.start();
  }

  // ------------------------------------------------------------------ hearing

  hear(frame: ServerFrame): void {
    if ("conversation" in frame && frame.conversation !== this.#place?.conversation) return;
    switch (frame.t) {
      case "items":
        this.#hearItems(frame.items, frame.state, frame.more);
        break;
      case "ack":
        this.acknowledged(frame.id, frame.seq, frame.at);
        break;
      case "state":
        this.#stateIs(frame.state);
        break;
      case "queue":
        this.store.set({ queue: frame });
        break;
      case "typing":
        if (frame.who !== "customer") this.#hearTyping(frame.on ? frame.who : null);
        break;
      case "read":
        if (frame.who === "agent") this.#agentRead(frame.seq);
        break;
      case "refused":
        if (frame.id && frame.retry_after_s) this.#later(frame.id, frame.retry_after_s);
        else this.refused(frame.code, frame.text, frame.id ?? null);
    }
  }

  #hearItems(items: Item[], state: State, more: boolean): void {
    for (const item of items) this.#outbox.done(item.id);
    const { transcript, typing } = this.store.get();
    const answered = items.some((i) => i.author.kind !== "customer" && i.seq > transcript.lastSeq);
    const merged = merge(transcript, items);
    this.store.set({ transcript: merged, typing: answered ? null : typing, caughtUp: !more });
    this.#stateIs(state);
    if (more && this.#place) {
      this.#socket?.send({ t: "sync", conversation: this.#place.conversation, since: merged.lastSeq });
    }
  }

  acknowledged(id: Uuid, seq: number, at: string): void {
    const entry = this.#outbox.all().find((e) => e.frame.id === id);
    if (!entry) return;
    const { transcript } = this.store.get();
    const merged = merge(transcript, [itemOf({ ...entry, at }, seq)]);
    // The acknowledged seq is no promise that everything before it was seen.
    this.store.set({ transcript: { ...merged, lastSeq: transcript.lastSeq } });
    this.#outbox.done(id);
  }

  #stateIs(state: State): void {
    const waiting = state.state === "queued" || state.state === "offered";
    this.store.set(waiting ? { state } : { state, queue: null });
  }

  #hearTyping(who: "agent" | "bot" | null): void {
    clearTimeout(this.#typingEnds);
    this.store.set({ typing: who });
    if (who) this.#typingEnds = setTimeout(() => this.store.set({ typing: null }), TYPING_LASTS_MS);
  }

  #agentRead(seq: number): void {
    const { state } = this.store.get();
    if (state && seq > state.agent_read_seq) this.store.set({ state: { ...state, agent_read_seq: seq } });
  }

  refused(code: string, text: string, id: Uuid | null): void {
    if (id) this.#outbox.fail(id, text);
    else if (UNAUTHENTICATED.test(code)) this.#expired();
    else this.store.set({ refusal: text });
  }

  #expired(): void {
    const known = this.#place?.person.kind === "customer";
    keepPlace(null);
    this.#leave();
    if (known) this.store.set({ phase: "expired" });
    else void this.enter();
  }

  // ------------------------------------------------------------------- saying

  say(text: string): void {
    this.post({ kind: "text", text });
  }

  /** Works from every screen: who is still entering is waited for, who cannot be known is let in as a visitor first. */
  async askPerson(words: string): Promise<void> {
    await this.#entering;
    const { phase } = this.store.get();
    if (phase === "expired") await this.enterAsVisitor();
    else if (phase === "failed") await this.enter();
    this.say(words);
  }

  choose(card_id: Uuid | null, option: string, label: string): void {
    this.post({ kind: "choice", text: label, body: { card_id, option } });
  }

  /** Puts it in the outbox first; whether it can go now is another matter. */
  post(said: Pick<SayFrame, "kind" | "text" | "body">): void {
    if (!this.#place) return;
    const frame: SayFrame = { t: "say", id: newId(), conversation: this.#place.conversation, ...said };
    this.#outbox.add(frame, new Date().toISOString());
    this.#dispatch(frame);
  }

  sayAgain(id: Uuid): void {
    const frame = this.#outbox.again(id);
    if (frame) this.#dispatch(frame);
  }

  /** The desk is full for a moment: the message stays unsent and goes again when asked to. */
  #later(id: Uuid, seconds: number): void {
    setTimeout(() => {
      const frame = this.#outbox.pending().find((f) => f.id === id);
      if (frame) this.#dispatch(frame);
    }, seconds * 1000);
  }

  #dispatch(frame: SayFrame): void {
    if (this.#poller) void this.#poller.say(frame);
    else if (!this.#socket?.send(frame)) this.#socket?.wake();
  }

  typing(): void {
    const now = Date.now();
    if (!this.#place || now - this.#typingSentAt < TYPING_EVERY_MS) return;
    this.#typingSentAt = now;
    this.#socket?.send({ t: "typing", conversation: this.#place.conversation, on: true });
  }

  /** Everything so far has been on a visible screen. */
  markRead(): void {
    const seq = this.since();
    if (!this.#place || document.visibilityState === "hidden" || seq <= this.#readSent) return;
    if (this.#socket?.send({ t: "read", conversation: this.#place.conversation, seq })) this.#readSent = seq;
  }

  dismissRefusal(): void {
    this.store.set({ refusal: null });
  }

  /** For doors that need the bearer (photos). */
  get session(): string {
    return this.#place?.session ?? "";
  }
}
