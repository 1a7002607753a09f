const SECONDS = /^\d{1,9}$/
/** IMF-fixdate, the one form that senders may use (RFC 9110, 5.6.7); Date.parse alone would take `1` or `May`. */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

/** `Retry-After` as milliseconds from `now`, never negative; `undefined` when absent or unreadable. Not clamped here. */
export function retryAfterMs(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? ''
  if (SECONDS.test(value)) return Number(value) * 1000
  const at = HTTP_DATE.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? undefined : Math.max(0, at - now)
}
