import { EVERY_BUILD, wantsBuild } from './build-filter.js'
import {
  type BuildEvent,
  type BuildEventData,
  CONCLUDED,
  DIGEST,
  RECOVERED,
  STUCK,
  TRANSITIONED,
  TROUBLED,
  type WatchEvent,
} from './event.js'
import { resultOf, VERDICTS, type Verdict } from './line.js'
import { OUTCOMES, type Outcome } from './outcome.js'
import { TROUBLES, type Trouble } from './trouble.js'

/**
 * Moments of a build: `started` = first seen not concluded, `transitioned` = every change, `concluded` = its end, `stuck` =
 * far beyond what its job takes.
 */
const MOMENTS = ['started', 'transitioned', 'concluded', 'stuck'] as const
type Moment = (typeof MOMENTS)[number]

/** The watcher's own trouble, and its end. */
export const TROUBLE_TRIGGERS = [...TROUBLES, 'recovered'] as const

/** The words that `on` takes. */
export const TRIGGERS = [...OUTCOMES, ...VERDICTS, ...MOMENTS, ...TROUBLE_TRIGGERS] as const
export type Trigger = Outcome | Verdict | Moment | Trouble | 'recovered'

/** What `on` of a digest's own route holds; no watch can ask for it. */
export const DIGEST_TRIGGER = 'digest'

/** A part of the week in which a route tells nothing: the minutes that a cron expression of five fields matches. */
export interface QuietHours {
  readonly cron: string
  /** IANA name. */
  readonly timezone: string
  /** What becomes of what would be told then: told when they end, or never. */
  readonly instead: 'later' | 'drop'
  /** What is told at once all the same. */
  readonly except: readonly Trigger[]
}

/** A rule from events to one notifier. It is kept with each event for which it was in force, in this form. */
export interface Route {
  /** The notifier's name in the settings. */
  readonly to: string
  readonly on: readonly (Trigger | typeof DIGEST_TRIGGER)[]
  /** Globs as those of a watch; of builds only, for the watcher's own trouble is on no branch. Absent: every branch. */
  readonly branches?: readonly string[]
  /** Of failures only the one that is the line's so many-th in a row, however each of them ended. */
  readonly after?: number
  /** Tells the notifier once of each build, or once of each row of equal results of a line. */
  readonly oncePer?: 'build' | 'line'
  /** The words, as a Liquid template. */
  readonly template?: string
  readonly quietHours?: QuietHours
}

/** What `after` counts. With it all these words mean the same, for what breaks a line is no news any more at the second failure. */
export const FAILURE_TRIGGERS = [
  'failure',
  'crashed',
  'submission_failure',
  'broke',
  'first_failed',
  'still_failing',
] as const satisfies readonly Trigger[]

const FAILURE_WORDS: ReadonlySet<string> = new Set(FAILURE_TRIGGERS)

type Word = Route['on'][number]

export type RouteVerdict =
  /** `words` are those of the route that the event answers to. */
  | { readonly kind: 'matches'; readonly words: readonly Word[] }
  | { readonly kind: 'not_asked' }
  | { readonly kind: 'other_branch' }
  /** So many failures in a row, and the route waits for more, or has told of an earlier one. */
  | { readonly kind: 'not_yet' | 'told_before'; readonly failures: number; readonly after: number }
  /** The line was red for so few builds that this route did not tell of it. */
  | { readonly kind: 'never_told'; readonly failures: number; readonly after: number }
  /** A failure that is out of its line's order, and so is none of a row. */
  | { readonly kind: 'uncounted' }

/** Whether an event is one for this route, and if not, why. */
export function judgeRoute(route: Route, event: WatchEvent): RouteVerdict {
  const asked = askedWords(route, event)
  if (asked.length === 0) return { kind: 'not_asked' }
  if (!coversBranch(route, event)) return { kind: 'other_branch' }
  return route.after === undefined || event.type !== CONCLUDED
    ? { kind: 'matches', words: asked }
    : afterSoMany(route.after, asked, event.data)
}

function askedWords({ on, after }: Route, event: WatchEvent): Word[] {
  const words = wordsOf(event)
  const isCounted = after !== undefined && event.type === CONCLUDED && isFailure(event.data)
  return on.filter((word) => words.has(word) || (isCounted && FAILURE_WORDS.has(word)))
}

function isFailure({ outcome }: BuildEventData): boolean {
  return outcome !== undefined && resultOf(outcome) === 'failed'
}

function coversBranch({ branches = [] }: Route, { data }: WatchEvent): boolean {
  return !('build' in data) || wantsBuild({ ...EVERY_BUILD, branches }, data.build)
}

function afterSoMany(after: number, asked: readonly Word[], data: BuildEventData): RouteVerdict {
  const kept = asked.map((word) => keptBack(word, after, data))
  const words = asked.filter((_, at) => kept[at] === undefined)
  const [first] = kept
  return words.length === 0 && first ? first : { kind: 'matches', words }
}

/** `undefined` where the word is told. */
function keptBack(word: Word, after: number, data: BuildEventData): RouteVerdict | undefined {
  if (word === 'fixed') {
    const failures = data.redBuilds ?? 0
    return failures < after ? { kind: 'never_told', failures, after } : undefined
  }
  if (!FAILURE_WORDS.has(word)) return undefined
  const failures = data.consecutive
  if (failures === undefined) return { kind: 'uncounted' }
  if (failures === after) return undefined
  return { kind: failures < after ? 'not_yet' : 'told_before', failures, after }
}

/** All triggers that an event answers to. */
export function wordsOf(event: WatchEvent): ReadonlySet<string> {
  switch (event.type) {
    case TRANSITIONED:
    case CONCLUDED:
      return new Set(wordsOfBuild(event))
    case STUCK:
      return new Set(['stuck'])
    case TROUBLED:
      return new Set([event.data.trouble])
    case RECOVERED:
      return new Set(['recovered'])
    case DIGEST:
      return new Set([DIGEST_TRIGGER])
  }
}

function* wordsOfBuild({ type, data }: BuildEvent): Iterable<string> {
  yield 'transitioned'
  if (type === TRANSITIONED) {
    if (data.seq === 1) yield 'started'
    return
  }
  yield 'concluded'
  if (data.outcome !== undefined) yield data.outcome
  if (data.verdict !== undefined) yield data.verdict
  // A first build that fails breaks its line, too.
  if (data.verdict === 'first_failed') yield 'broke'
}
