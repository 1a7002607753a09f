import type { RateLimitFacts } from '../domain/ports.js'
import type { AnswerHead } from './exchange.js'

const NUMBER = /^\d{1,9}(?:\.\d+)?$/
/** IMF-fixdate, the one form that senders may use (RFC 9110, 5.6.7); Date.parse alone would take `1` or `May`. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/
/** The window is an hour. Anything beyond a day is a mistake, such as an epoch where seconds to go belong. */
const LONGEST_RESET_MS = 24 * 3_600_000

/**
 * What the answer says of the account's allowance. `x-ratelimit-reset` is seconds to go, not an epoch. On a 429 a
 * `Retry-After` (seconds or HTTP date) counts too, and the larger of both holds; values that make no sense are dropped.
 */
export function rateLimitFacts({ status, headers }: AnswerHead, now: number): RateLimitFacts {
  const throttled = status === 429
  const limit = countOf(headers.get('x-ratelimit-limit'))
  const remaining = countOf(headers.get('x-ratelimit-remaining'))
  const waits = [
    secondsOf(headers.get('x-ratelimit-reset')),
    throttled ? retryAfterOf(headers.get('retry-after'), now) : undefined,
  ].filter(isWait)
  return {
    ...(limit === undefined || limit === 0 ? {} : { limit }),
    ...(remaining === undefined ? {} : { remaining }),
    ...(waits.length === 0 ? {} : { resetInMs: Math.max(...waits) }),
    throttled,
  }
}

function countOf(header: string | undefined): number | undefined {
  const value = numberOf(header)
  return Number.isInteger(value) ? value : undefined
}

function secondsOf(header: string | undefined): number | undefined {
  const value = numberOf(header)
  return value === undefined ? undefined : Math.ceil(value * 1000)
}

function retryAfterOf(header: string | undefined, now: number): number | undefined {
  const text = header?.trim() ?? ''
  if (!HTTP_DATE.test(text)) return secondsOf(text)
  return Math.max(0, Date.parse(text) - now)
}

function numberOf(header: string | undefined): number | undefined {
  const text = header?.trim() ?? ''
  return NUMBER.test(text) ? Number(text) : undefined
}

/** Also false for NaN, which a date such as `Mon, 99 Foo 2026 …` becomes. */
function isWait(ms: number | undefined): ms is number {
  return ms !== undefined && ms <= LONGEST_RESET_MS
}
