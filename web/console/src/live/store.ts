/** A value that screens can watch. Writes replace the value; equal values wake nobody. */
import { useRef, useSyncExternalStore } from 'react'

export class Store<T> {
  private value: T
  private readonly listeners = new Set<() => void>()

  constructor(initial: T) {
    this.value = initial
  }

  get = (): T => this.value

  set(next: T): void {
    if (Object.is(next, this.value)) return
    this.value = next
    for (const wake of [...this.listeners]) wake()
  }

  update(change: (old: T) => T): void {
    this.set(change(this.value))
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }
}

/** Watch a part of a store; `pick` must return the same reference for the same content. */
export function useStore<T, P>(store: Store<T>, pick: (value: T) => P): P {
  const picker = useRef(pick)
  picker.current = pick
  return useSyncExternalStore(store.subscribe, () => picker.current(store.get()))
}
