import { setMaxListeners } from 'node:events'
import { LONGEST_TIMER_MS } from '../domain/longest-timer.js'

/** One span of time for a whole exchange: connecting, headers and body. Ended early by the caller's signal. */
export interface Deadline {
  readonly signal: AbortSignal
  /** The time is up. False when the caller ended it first. */
  passed(): boolean
  clear(): void
}

/** A time limit as timers take it: whole, and 24 days at most, which is as good as none. */
export function timerMs(limitMs: number): number {
  return Math.min(Math.ceil(limitMs), LONGEST_TIMER_MS)
}

/**
 * Not `AbortSignal.any`: on Node 20 and 22 every signal made from a long-lived one stays in memory, and the daemon's
 * stop signal lives as long as the daemon, a probe every few seconds.
 */
export function startDeadline(deadlineMs: number, outer: AbortSignal | undefined): Deadline {
  const ended = new AbortController()
  let passed = false
  const timer = setTimeout(() => {
    passed = !ended.signal.aborted
    ended.abort()
  }, timerMs(deadlineMs))
  const endEarly = () => ended.abort()
  if (outer) follow(outer, endEarly)
  return {
    signal: ended.signal,
    passed: () => passed,
    clear() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', endEarly)
    },
  }
}

function follow(outer: AbortSignal, endEarly: () => void): void {
  if (outer.aborted) endEarly()
  // Many requests at a time may listen to one signal; Node takes more than ten listeners for a leak, and says so.
  setMaxListeners(0, outer)
  outer.addEventListener('abort', endEarly, { once: true })
}

/** What is waited for, unless `signal` fires before: that rejects with its reason, and what comes later is let go. */
export async function untilAborted<T>(waitedFor: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return waitedFor
  let endEarly = (): void => undefined
  const aborted = new Promise<never>((_, reject) => {
    endEarly = () => reject(signal.reason)
    follow(signal, endEarly)
  })
  try {
    return await Promise.race([waitedFor, aborted])
  } finally {
    signal.removeEventListener('abort', endEarly)
  }
}
