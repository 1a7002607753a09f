/** The plain-words phrasing of an event that notifiers share: the part of a sentence that follows the build's name. */
import type { BuildEvent } from '../domain/event.js'
import type { Outcome } from '../domain/outcome.js'

const OUTCOME_WORDS: Readonly<Record<Outcome, string>> = {
  success: 'succeeded',
  failure: 'failed',
  crashed: 'crashed',
  submission_failure: 'could not be submitted',
  aborted: 'was aborted',
  unknown: 'ended with an unknown outcome',
}

/** `failed after 4 min 12 s`, `is now BUILDING`. Statuses are foreign text: neutralise before printing. */
export function eventWords({ data }: BuildEvent): string {
  if (data.outcome === undefined) return `is now ${data.to ?? 'without a status'}`
  const words = OUTCOME_WORDS[data.outcome]
  return data.durationMs === undefined ? words : `${words} after ${durationWords(data.durationMs)}`
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The two largest units, rounded down: `42 s`, `4 min 12 s`, `2 h 5 min`, `3 d 1 h`. */
export function durationWords(durationMs: number): string {
  if (durationMs < SECOND) return 'less than a second'
  const parts = [
    [Math.floor(durationMs / DAY), 'd'],
    [Math.floor((durationMs % DAY) / HOUR), 'h'],
    [Math.floor((durationMs % HOUR) / MINUTE), 'min'],
    [Math.floor((durationMs % MINUTE) / SECOND), 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0)
  return shown.map(([count, unit]) => `${count} ${unit}`).join(' ')
}

/** `main, 1a2b3c4`: what is known of branch and commit, the commit shortened; empty when nothing is. */
export function sourceWords({ data: { build } }: BuildEvent): string {
  return [build.branch, build.sha?.slice(0, 7)].filter(Boolean).join(', ')
}
