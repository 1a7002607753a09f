import { parseDurationMs } from '../config/duration.js'
import { parseSince } from '../config/since.js'
import { BuildwatchdError } from '../domain/errors.js'

/** `2h` (so long ago, 1970 at most), a date or an instant, as epoch ms. Throws USAGE, naming the option. */
export function pastInstant(option: string, text: string, now: number): number {
  const agoMs = parseDurationMs(text)
  const at = agoMs === undefined ? parseSince(text) : Math.max(0, now - agoMs)
  if (at !== undefined) return at
  throw new BuildwatchdError(
    'USAGE',
    `${option} takes a span such as 2h, a date or an instant such as 2026-03-04T09:00Z, not ${JSON.stringify(text)}`,
  )
}
