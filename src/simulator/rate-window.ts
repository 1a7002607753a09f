import type { Clock } from '../domain/ports.js'

/** One window of one account. */
export interface RequestWindow {
  readonly account: string
  /** Epoch ms of its first request; the window starts with it. */
  readonly startedAt: number
  readonly resetsAt: number
  /** All requests, refused ones too. */
  readonly requests: number
  /** Those over the limit. */
  readonly refused: number
}

/** What one request leaves of the account's allowance. */
export interface Allowance {
  readonly limit: number
  readonly remaining: number
  /** Real seconds to go, rounded up, so that who waits them out is surely past the reset. */
  readonly resetInSeconds: number
  readonly exceeded: boolean
}

export interface RateWindows {
  /** Counts one request. */
  count(account: string): Allowance
  /** The newest windows of all accounts, oldest first. */
  all(): RequestWindow[]
}

interface RateWindowOptions {
  readonly limit: number
  /** Real ms. */
  readonly windowMs: number
  readonly clock: Clock
}

const MOST_KEPT = 10_000

/** The fixed window as Northflank has it: it starts at the first request after the last one ended. */
export function createRateWindows({ limit, windowMs, clock }: RateWindowOptions): RateWindows {
  const open = new Map<string, RequestWindow>()
  const closed: RequestWindow[] = []

  function current(account: string, now: number): RequestWindow {
    const window = open.get(account)
    if (window && now < window.resetsAt) return window
    if (window) closed.push(window)
    if (closed.length > MOST_KEPT) closed.shift()
    return { account, startedAt: now, resetsAt: now + windowMs, requests: 0, refused: 0 }
  }

  return {
    count(account) {
      const now = clock.now()
      const window = current(account, now)
      const requests = window.requests + 1
      const exceeded = requests > limit
      open.set(account, { ...window, requests, refused: window.refused + (exceeded ? 1 : 0) })
      return {
        limit,
        remaining: Math.max(0, limit - requests),
        resetInSeconds: Math.ceil((window.resetsAt - now) / 1000),
        exceeded,
      }
    },
    all: () => [...closed, ...open.values()].sort((a, b) => a.startedAt - b.startedAt),
  }
}
