/**
 * The faults that can be asked for. Each strikes at one place: instead of the answer, in the pages of a list of builds, at a
 * build's entry in one, in the build objects that an answer holds, or on its way through the wire. At each place the first
 * rule that matches strikes, so several can meet in one answer. `README.md` beside this file describes each kind for users.
 */
import type { BuildKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'

/** What each kind may be told, by the place where it strikes. */
const FAULTS = {
  answer: {
    throttled: ['retryAfter', 'bare'],
    unauthorized: [],
    forbidden: [],
    not_found: [],
    wrong_route: [],
    server_error: ['status', 'retryAfter', 'bare'],
    html: ['status', 'bare'],
    redirect: ['status', 'location'],
    empty: [],
    no_content: [],
    junk_json: [],
  },
  list: {
    cursor_loop: [],
    repeated_page: ['repeats'],
    no_cursor: [],
    shuffled: [],
  },
  entry: {
    unlisted: [],
  },
  build: {
    contradiction: [],
    regression: ['back'],
    missing_fields: ['fields'],
    conclusion_unit: ['unit'],
  },
  wire: {
    hang: [],
    cut: [],
    drip: ['delayMs'],
    late: ['delayMs'],
    bomb: ['bytes'],
    huge: ['bytes'],
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, readonly FaultParameter[]>>>>

export type FaultPlace = keyof typeof FAULTS
type KindAt<Place extends FaultPlace> = keyof (typeof FAULTS)[Place]
export type FaultKind = KindAt<'answer'> | KindAt<'list'> | KindAt<'entry'> | KindAt<'build'> | KindAt<'wire'>
/** The kinds that strike at one place. */
export type FaultAt<Place extends FaultPlace> = KindAt<Place> & FaultKind

export const CONCLUSION_UNITS = ['milliseconds', 'whole_seconds', 'text', 'nonsense'] as const

export interface FaultParameters {
  /** HTTP status of `server_error` (503), `html` (502) and `redirect` (302). */
  readonly status?: number | undefined
  /** The `Retry-After` header, verbatim. */
  readonly retryAfter?: string | undefined
  /** Without the rate-limit headers, as a proxy in between would answer. */
  readonly bare?: boolean | undefined
  /** Where `redirect` points: another host by default. */
  readonly location?: string | undefined
  /** With how many builds of the page before it a `repeated_page` begins; by default it shows those alone. */
  readonly repeats?: number | undefined
  /** How many states back `regression` goes (1). */
  readonly back?: number | undefined
  /** Which fields `missing_fields` leaves out: all but `id` by default. */
  readonly fields?: readonly string[] | undefined
  readonly unit?: (typeof CONCLUSION_UNITS)[number] | undefined
  /** Real ms: the pause after each byte of `drip` (1000), the pause before a `late` answer (1000). */
  readonly delayMs?: number | undefined
  /** Size after decompression: of `bomb` (64 MiB), of `huge` (4 MiB). */
  readonly bytes?: number | undefined
}

type FaultParameter = keyof FaultParameters

/** Strikes every request that meets all conditions; without conditions, every request. */
export interface FaultRule extends FaultParameters {
  readonly kind: FaultKind
  /** A regular expression, searched for in path and query. */
  readonly path?: string | undefined
  readonly build?: BuildKey | undefined
  readonly account?: string | undefined
  /** As it stands in the log of answers. */
  readonly tokenId?: string | undefined
  /** Strikes that often and is spent. */
  readonly times?: number | undefined
  /** Chance of each strike, drawn by the seed. */
  readonly probability?: number | undefined
  /** Real ms after the rule was set. */
  readonly startsInMs?: number | undefined
  /** Real ms after its start. */
  readonly lastsMs?: number | undefined
}

const TAKES: ReadonlyMap<string, readonly FaultParameter[]> = new Map(
  Object.values(FAULTS).flatMap((kinds): [string, readonly FaultParameter[]][] => Object.entries(kinds)),
)

export const FAULT_KINDS: readonly string[] = [...TAKES.keys()]

export function isFaultKind(word: unknown): word is FaultKind {
  return typeof word === 'string' && TAKES.has(word)
}

export function strikesAt<Place extends FaultPlace>(place: Place, kind: FaultKind): kind is FaultAt<Place> {
  return Object.hasOwn(FAULTS[place], kind)
}

const PARAMETERS: readonly FaultParameter[] = [
  'status',
  'retryAfter',
  'bare',
  'location',
  'repeats',
  'back',
  'fields',
  'unit',
  'delayMs',
  'bytes',
]

/** Throws USAGE for a rule that could never do what it says. */
export function checkRule(rule: FaultRule): void {
  const takes = TAKES.get(rule.kind) ?? []
  const strange = PARAMETERS.filter((name) => rule[name] !== undefined && !takes.includes(name))
  if (strange.length > 0) {
    const allowed = takes.length > 0 ? `only ${takes.join(', ')}` : 'no parameter'
    throw new BuildwatchdError('USAGE', `The fault ${rule.kind} takes ${allowed}, not ${strange.join(', ')}.`)
  }
  if (rule.build !== undefined && strikesAt('list', rule.kind)) {
    const cure = 'name the list by path, such as "/jobs/nightly/build"'
    throw new BuildwatchdError('USAGE', `The fault ${rule.kind} strikes whole pages, not a build; ${cure}.`)
  }
  if (rule.path !== undefined && !isPattern(rule.path)) {
    throw new BuildwatchdError('USAGE', `path: ${JSON.stringify(rule.path)} is no regular expression.`)
  }
}

function isPattern(text: string): boolean {
  try {
    return new RegExp(text) instanceof RegExp
  } catch {
    return false
  }
}
