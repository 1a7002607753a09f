import { type BuildRef, buildKey } from './build.js'
import type { Route } from './route.js'

/** Hard limits on the pause between two good probes, and on one request. Milliseconds. */
export interface PollingRails {
  readonly minIntervalMs: number
  readonly maxIntervalMs: number
  readonly timeoutMs: number
}

/** One entry of a watchlist, resolved: defaults filled in, nothing secret. */
export interface Watch {
  readonly account: string
  readonly ref: BuildRef
  readonly routes: readonly Route[]
  readonly polling: PollingRails
}

/** What one request asks. Its id is the build key, and it is the id of its poll job. */
export interface Target {
  readonly id: string
  readonly account: string
  readonly ref: BuildRef
  readonly routes: readonly Route[]
  readonly polling: PollingRails
}

/** How the polling of a target stands. */
export interface Pacing {
  /** Good probes so far. */
  readonly polls: number
  /** Failed probes since the last good one. */
  readonly errors: number
  /** Epoch ms of the next planned probe; absent before the first. */
  readonly nextProbeAt?: number
}

export const FRESH_PACING: Pacing = { polls: 0, errors: 0 }

/** Several watches of one build are one target: all routes, the tightest rails. */
export function targetsOf(watches: readonly Watch[]): Target[] {
  const targets = new Map<string, Target>()
  for (const watch of watches) {
    const id = buildKey(watch.ref)
    const known = targets.get(id)
    targets.set(id, known ? merged(known, watch) : { id, ...watch })
  }
  return [...targets.values()]
}

function merged(target: Target, watch: Watch): Target {
  return {
    ...target,
    routes: [...target.routes, ...watch.routes],
    polling: {
      minIntervalMs: Math.min(target.polling.minIntervalMs, watch.polling.minIntervalMs),
      maxIntervalMs: Math.min(target.polling.maxIntervalMs, watch.polling.maxIntervalMs),
      timeoutMs: Math.max(target.polling.timeoutMs, watch.polling.timeoutMs),
    },
  }
}
