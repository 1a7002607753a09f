import { formatDuration, parseDurationMs } from './duration.js'
import type { Section } from './section.js'

/** The duration that stands there in ms; `undefined` where none does, and for what the schema refuses. */
export function msAt({ value }: Section): number | undefined {
  return typeof value === 'string' ? parseDurationMs(value) : undefined
}

/** Complains if so; `ms` is what holds there. What does not stand there is a default. */
export function isOutside(section: Section, ms: number, [least, most]: readonly [number, number]): boolean {
  if (msAt(section) === undefined || (ms >= least && ms <= most)) return false
  section.refuse(
    ms < least
      ? `${section.source} is too short; write at least ${formatDuration(least)}`
      : `${section.source} is too long; write at most ${formatDuration(most)}`,
  )
  return true
}
