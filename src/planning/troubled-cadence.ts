import type { TroubleRecord } from '../domain/trouble.js'

export type TroubledCadence = { readonly kind: 'again'; readonly inMs: number } | { readonly kind: 'abandon' }

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const WEEK_MS = 7 * DAY_MS

/**
 * When to ask again for what is gone, or forbidden on every path: each request is one that something else could use. Once
 * an hour, after a day once a day, after a week no more. `undefined` for any other trouble, and for none.
 */
export function troubledCadence({ trouble, since }: TroubleRecord, now: number): TroubledCadence | undefined {
  if ((trouble !== 'gone' && trouble !== 'forbidden') || since === undefined) return undefined
  const lastedMs = now - since
  if (lastedMs >= WEEK_MS) return { kind: 'abandon' }
  return { kind: 'again', inMs: lastedMs < DAY_MS ? HOUR_MS : DAY_MS }
}

/**
 * Ms until a build within a feed may be looked for again; 0 for now. One that is to be abandoned is still due once a day: it
 * costs no poll of its own, and a watch may name it, which nobody else can take back.
 */
export function dueInMs(known: TroubleRecord, now: number): number {
  const cadence = troubledCadence(known, now)
  if (!cadence || !known.failing) return 0
  const pauseMs = cadence.kind === 'again' ? cadence.inMs : DAY_MS
  // Apart in either direction: a clock that was set back must not put it off.
  return Math.max(0, pauseMs - Math.abs(now - known.failing.lastAt))
}
