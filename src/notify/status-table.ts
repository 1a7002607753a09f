import type { SendResult } from '../domain/delivery.js'

/** What an answer means for the delivery. */
export type Verdict = SendResult['kind']

/** Reads an HTTP answer. `body` is its beginning (64 KiB): some services say "no" with a 200. */
export type StatusTable = (status: number, body: string) => Verdict

/** Request timeout, too early, too many requests: the only client errors that time mends. */
const TRANSIENT_CLIENT_ERRORS: ReadonlySet<number> = new Set([408, 425, 429])

/** For services with a documented API: a 4xx means that this very message will never be taken. */
export const standardTable: StatusTable = (status) => {
  if (status >= 200 && status < 300) return 'accepted'
  if (status === 410) return 'gone'
  if (status < 300 || status >= 500 || TRANSIENT_CLIENT_ERRORS.has(status)) return 'retry'
  return 'refused'
}

/**
 * For endpoints of the user's own making, where a 404 or 401 is more often a deployment under way than a last word.
 * Source: Standard Webhooks, "deliverability": all but 2xx is retried, 410 ends it.
 */
export const patientTable: StatusTable = (status) => {
  if (status >= 200 && status < 300) return 'accepted'
  return status === 410 ? 'gone' : 'retry'
}
