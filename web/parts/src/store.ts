/** One value with listeners, and the hook that renders a part when its slice of it changes. */

import { useEffect, useState } from "preact/hooks";

export class Store<T extends object> {
  readonly #listeners = new Set<() => void>();

  #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  get(): T {
    return this.#value;
  }

  set(change: Partial<T>): void {
    this.#value = { ...this.#value, ...change };
    for (const listener of [...this.#listeners]) listener();
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** Renders again when `pick` gives something else (compared by identity). */
export function useStore<T extends object, S>(store: Store<T>, pick: (value: T) => S): S {
  const [, render] = useState({});
  const picked = pick(store.get());
  useEffect(() => {
    let last = pick(store.get());
    if (last !== picked) render({});
    return store.subscribe(() => {
      const next = pick(store.get());
      if (next !== last) {
        last = next;
        render({});
      }
    });
  }, [store]);
  return picked;
}
