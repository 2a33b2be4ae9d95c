/** One tick a second for every countdown on the screen, instead of one timer each. */
import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let now = Date.now()
let timer: number | undefined
let skewMs = 0

function tick(): void {
  now = Date.now()
  for (const wake of [...listeners]) wake()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  timer ??= window.setInterval(tick, 1000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0 || timer === undefined) return
    window.clearInterval(timer)
    timer = undefined
  }
}

/** Milliseconds since the epoch, moving once a second, corrected by the server's clock when it is known. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now) + skewMs
}

export function nowMs(): number {
  return Date.now() + skewMs
}

/** Take the server's idea of now from the Date header; an agent's PC may be minutes off. */
export function learnServerTime(dateHeader: string | null): void {
  if (!dateHeader) return
  const difference = Date.parse(dateHeader) - Date.now()
  if (Number.isFinite(difference)) skewMs = Math.abs(difference) > 3000 ? difference : 0
}
