/**
 * What was said and is not yet acknowledged. Kept in localStorage, so that closing the page,
 * losing the network or a crash loses nothing; each entry keeps its id, so that sending it twice
 * stores it once.
 */

import type { Uuid } from "./protocol.ts";

export interface Entry<F> {
  frame: F;
  at: string;
  /** Set when the server refused it; such an entry waits for a tap. */
  failed: string | null;
}

export interface Said {
  id: Uuid;
  conversation: Uuid;
}

type Store = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class Outbox<F extends Said> {
  #entries: Entry<F>[];

  constructor(
    private readonly key: string,
    private readonly onChange: (entries: readonly Entry<F>[]) => void = () => {},
    private readonly store: Store | null = safeStorage(),
  ) {
    this.#entries = this.#read();
  }

  all(): readonly Entry<F>[] {
    return this.#entries;
  }

  add(frame: F, at: string): void {
    if (!this.#entries.some((e) => e.frame.id === frame.id)) {
      this.#write([...this.#entries, { frame, at, failed: null }]);
    }
  }

  /** The server has it. */
  done(id: Uuid): void {
    if (this.#entries.some((e) => e.frame.id === id)) {
      this.#write(this.#entries.filter((e) => e.frame.id !== id));
    }
  }

  /** The server said no, in these words. */
  fail(id: Uuid, text: string): void {
    this.#write(this.#entries.map((e) => (e.frame.id === id ? { ...e, failed: text } : e)));
  }

  /** The customer wants it tried again; gives back the frame to send. */
  again(id: Uuid): F | null {
    this.#write(this.#entries.map((e) => (e.frame.id === id ? { ...e, failed: null } : e)));
    return this.#entries.find((e) => e.frame.id === id)?.frame ?? null;
  }

  /** What is to be sent on (re)connecting, in the order it was said. */
  pending(): F[] {
    return this.#entries.filter((e) => e.failed === null).map((e) => e.frame);
  }

  clear(): void {
    this.#write([]);
  }

  #read(): Entry<F>[] {
    try {
      const found: unknown = JSON.parse(this.store?.getItem(this.key) ?? "[]");
      return Array.isArray(found) ? (found as Entry<F>[]) : [];
    } catch {
      return [];
    }
  }

  #write(entries: Entry<F>[]): void {
    this.#entries = entries;
    try {
      if (entries.length) this.store?.setItem(this.key, JSON.stringify(entries));
      else this.store?.removeItem(this.key);
    } catch {
      // Storage is full or forbidden: the entries live as long as the page does.
    }
    this.onChange(entries);
  }
}

/** localStorage, or null where the browser forbids it. */
export function safeStorage(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
