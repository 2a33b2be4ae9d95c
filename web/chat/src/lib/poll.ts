/** Where no socket can be opened (old proxies): the same conversation by long polling. */

import { ApiRefusal, call } from "@walletdesk/parts/http";
import type { Outbox } from "@walletdesk/proto/outbox";
import type { AckFrame, ItemsAnswer, OpenFrame, SayFrame, Uuid } from "@walletdesk/proto/protocol";
import { pauseMs } from "@walletdesk/proto/socket";

import { conversationPath } from "./api.ts";
import type { Desk } from "./desk.ts";

const WAIT_SECONDS = 25;

function fetchItems(session: string, id: Uuid, since: number, wait: number, signal: AbortSignal): Promise<ItemsAnswer> {
  return call(`${conversationPath(id)}/items?since=${since}&wait=${wait}`, { session, signal });
}

function openByPost(session: string, { t: _, ...json }: OpenFrame): Promise<ItemsAnswer> {
  return call("/api/chat/conversations", { method: "POST", session, json });
}

function sayByPost(session: string, frame: SayFrame): Promise<Omit<AckFrame, "t">> {
  return call(`${conversationPath(frame.conversation)}/messages`, { method: "POST", session, json: frame });
}

export class Poller {
  readonly #stopping = new AbortController();
  readonly #sending = new Set<string>();
  #failures = 0;

  constructor(
    private readonly desk: Desk,
    private readonly session: string,
    private readonly outbox: Outbox<SayFrame>,
  ) {}

  start(): void {
    void this.#run();
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Sends once, whatever else runs; keeps it in the outbox unless the server answers. */
  async say(frame: SayFrame): Promise<void> {
    if (this.#sending.has(frame.id)) return;
    this.#sending.add(frame.id);
    try {
      const { id, seq, at } = await sayByPost(this.session, frame);
      this.desk.acknowledged(id, seq, at);
    } catch (error) {
      if (error instanceof ApiRefusal && error.status >= 400 && error.status < 500) {
        this.desk.refused(error.code, error.message, frame.id);
      }
    } finally {
      this.#sending.delete(frame.id);
    }
  }

  async #run(): Promise<void> {
    let opened = false;
    while (!this.#stopping.signal.aborted) {
      try {
        if (!opened) await openByPost(this.session, this.desk.openFrame());
        opened = true;
        for (const frame of this.outbox.pending()) await this.say(frame);
        await this.#round();
        this.#failures = 0;
      } catch (error) {
        if (this.#stopping.signal.aborted) return;
        await this.#pause(error);
      }
    }
  }

  async #round(): Promise<void> {
    const { conversation } = this.desk.store.get();
    const wait = this.#failures || !this.desk.store.get().caughtUp ? 0 : WAIT_SECONDS;
    const answer = await fetchItems(this.session, conversation, this.desk.since(), wait, this.#stopping.signal);
    this.desk.store.set({ line: "polling" });
    this.desk.hear({ t: "items", conversation, more: false, ...answer });
  }

  #pause(error: unknown): Promise<void> {
    if (error instanceof ApiRefusal && error.status === 401) {
      this.stop();
      this.desk.refused(error.code + ".unauthenticated", error.message, null);
    }
    this.desk.store.set({ line: "offline" });
    return new Promise((done) => setTimeout(done, pauseMs(this.#failures++)));
  }
}
