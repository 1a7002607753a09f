import { parseDurationMs } from '../config/duration.js'
import { BuildwatchdError } from '../domain/errors.js'

/** `90s`, `10m` and the like in ms. Throws USAGE, naming the option. */
export function durationOption(option: string, text: string): number {
  const ms = parseDurationMs(text)
  if (ms !== undefined) return ms
  throw new BuildwatchdError(
    'USAGE',
    `${option} takes a span such as 90s, 10m or 2h, not ${JSON.stringify(text)}`,
  )
}
