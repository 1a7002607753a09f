/**
 * How somebody who waits for a few builds spends the account's requests. There is no Redis to share a budget through, so what
 * every answer tells of the allowance is all that is known: whatever others take of it shows there too, and makes requests
 * dearer for us. A tenth is left to everyone else.
 */
import type { RateLimitFacts } from '../domain/ports.js'
import { affordablePerS } from '../planning/budget-facts.js'
import { FIRST_PRICE } from '../planning/price.js'
import type { Market } from '../planning/shaped-hazard.js'

/** As the last answers have told; nothing of it before the first. Instants are epoch ms. */
export interface Allowance {
  readonly limit?: number
  readonly remaining?: number
  readonly resetAt?: number
  /** After a 429: nothing is asked before. */
  readonly throttledUntil?: number
}

/** Where a 429 does not say for how long. */
const UNTOLD_RESET_MS = 60_000
/** Those who were sent away together must not come back together. */
const SPREAD_MS = 5000

export function learnedAllowance(
  before: Allowance,
  { limit, remaining, resetInMs, throttled }: RateLimitFacts,
  { now, random }: { readonly now: number; readonly random: number },
): Allowance {
  const told = {
    ...(limit === undefined ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(resetInMs === undefined ? {} : { resetAt: now + resetInMs }),
  }
  if (!throttled) return { ...before, ...told }
  const throttledUntil = now + (resetInMs ?? UNTOLD_RESET_MS) + Math.round(random * SPREAD_MS)
  return { ...before, ...told, remaining: 0, throttledUntil }
}

/** A tenth, as the daemon leaves by default; never under 20 requests, nor over half of all. */
function reserveOf(limit: number): number {
  return Math.min(Math.max(Math.ceil(limit / 10), 20), Math.floor(limit / 2))
}

/** How long nothing may be asked; 0 where it may be at once. */
export function heldForMs({ limit, remaining, resetAt, throttledUntil = 0 }: Allowance, now: number): number {
  if (throttledUntil > now) return throttledUntil - now
  if (limit === undefined || remaining === undefined || resetAt === undefined) return 0
  return remaining > reserveOf(limit) ? 0 : Math.max(0, resetAt - now)
}

/** An immediate retry may come out of what is left to others, but not out of nothing. */
export function mayRetryNow({ remaining, resetAt = 0 }: Allowance, now: number): boolean {
  return remaining === undefined || remaining > 0 || resetAt <= now
}

/**
 * What a request is worth, in the planner's terms. A modest price while the allowance is whole; as it runs out, the rate of our
 * requests falls in proportion (by the square-root rule it goes with 1/√price).
 */
export function marketOf({ limit, remaining, resetAt }: Allowance, active: number, now: number): Market {
  if (limit === undefined || remaining === undefined || resetAt === undefined) return FIRST_PRICE
  const reserve = reserveOf(limit)
  const window = { limit, reserve, othersPerS: 0 }
  const whole = affordablePerS({ ...window, remaining: limit, resetInMs: HOUR_MS })
  const left = affordablePerS({ ...window, remaining, resetInMs: Math.max(0, resetAt - now) })
  const share = Math.min(1, left / whole)
  return {
    priceS: FIRST_PRICE.priceS / share ** 2,
    evenStepS: Math.max(FIRST_PRICE.evenStepS, active / left),
    idleStepS: FIRST_PRICE.idleStepS,
  }
}

const HOUR_MS = 3_600_000
