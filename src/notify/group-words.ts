import {
  CONCLUDED,
  DIGEST,
  RECOVERED,
  STUCK,
  TRANSITIONED,
  TROUBLED,
  type WatchEvent,
} from '../domain/event.js'
import type { Outcome } from '../domain/outcome.js'
import { COUNTED_WORDS } from './digest-words.js'

/** What is counted beside ends, by type: of one and of several. */
const OTHERS: Readonly<Record<Exclude<WatchEvent['type'], typeof CONCLUDED>, readonly [string, string]>> = {
  [STUCK]: ['stuck', 'stuck'],
  [TRANSITIONED]: ['change of status', 'changes of status'],
  [TROUBLED]: ['trouble', 'troubles'],
  [RECOVERED]: ['recovered', 'recovered'],
  [DIGEST]: ['digest', 'digests'],
}

interface Headline {
  readonly subject: string
  readonly words: string
}

/** `3 builds` `ended: 2 failed, 1 succeeded`; where not all are ends, `4 events` `came together: 2 failed, 1 stuck, …`. */
export function groupHeadline(together: readonly WatchEvent[]): Headline {
  const counted = [...endsIn(together), ...othersIn(together)].join(', ')
  return together.every(({ type }) => type === CONCLUDED)
    ? { subject: `${together.length} builds`, words: `ended: ${counted}` }
    : { subject: `${together.length} events`, words: `came together: ${counted}` }
}

/** All outcomes, bad ones first. */
const ORDER: readonly Outcome[] = [
  'failure',
  'crashed',
  'submission_failure',
  'unknown',
  'aborted',
  'success',
]

function endsIn(together: readonly WatchEvent[]): string[] {
  const outcomes = together.flatMap((event) =>
    event.type === CONCLUDED ? [event.data.outcome ?? 'unknown'] : [],
  )
  return ORDER.flatMap((outcome) => {
    const count = outcomes.filter((each) => each === outcome).length
    return count === 0 ? [] : [`${count} ${COUNTED_WORDS[outcome]}`]
  })
}

function othersIn(together: readonly WatchEvent[]): string[] {
  return Object.entries(OTHERS).flatMap(([type, [one, several]]) => {
    const count = together.filter((event) => event.type === type).length
    return count === 0 ? [] : [`${count} ${count === 1 ? one : several}`]
  })
}
