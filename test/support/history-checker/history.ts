/**
 * What one run left behind, as plain data, and what can be wrong with it. Nothing here comes from the daemon's own types:
 * a checker that shares the code it checks shares its mistakes. Instants are epoch milliseconds of one clock.
 */
export interface History {
  readonly builds: readonly BuildTruth[]
  /** What the watchlists said and when, oldest first. */
  readonly versions: readonly Version[]
  /** Good answers to a read of a build, in the order in which they were completed; a list is one answer for each of its builds. */
  readonly answers: readonly ServedAnswer[]
  /** Every request of the daemon, in the order in which they ended. */
  readonly exchanges: readonly Exchange[]
  readonly windows: readonly RequestWindow[]
  /** The transitions of the event log, in its order. */
  readonly events: readonly LoggedLine[]
  /** The other events of the log, in its order. */
  readonly notices: readonly Notice[]
  /** The builds' own streams, each in its order. */
  readonly transitions: readonly TransitionLine[]
  /** Each build's hash. */
  readonly hashes: ReadonlyMap<string, Readonly<Record<string, string>>>
  readonly ledger: readonly LedgerRow[]
  /** What reached the notifiers' other side, in the order of its arrival. */
  readonly attempts: readonly Attempt[]
  readonly faults: readonly Fault[]
  readonly reloads: readonly Reload[]
  /** Everything that the daemon wrote where others can read it. */
  readonly texts: readonly WrittenText[]
  /** What none of them may hold, in whatever shape. */
  readonly secrets: readonly string[]
}

export interface BuildTruth {
  readonly key: string
  readonly branch?: string | undefined
  readonly pullRequestId?: number | undefined
  readonly createdAt: number
  /** How and when it ended; absent while it has not. */
  readonly outcome?: string
  readonly concludedAt?: number
}

/** What was to be watched. It came into force some time between `from` and `until`, and was so until the next one did. */
export interface Version {
  readonly from: number
  readonly until: number
  readonly watches: readonly WatchTruth[]
}

export interface WatchTruth {
  /** The job or service: `shop/jobs/nightly`. */
  readonly resource: string
  /** Key of the one build that it names; absent: all that the filter wants. */
  readonly build?: string
  /** Globs, as the watchlist has them; none: every branch. */
  readonly branches: readonly string[]
  readonly pullRequests: 'with' | 'without' | 'only'
  /** What concluded from here on is told at first sight, too. */
  readonly sinceAt?: number
  readonly minIntervalMs: number
}

export interface ServedAnswer {
  readonly build: string
  readonly startedAt: number
  readonly endedAt: number
  readonly status?: string
  readonly concluded: boolean
  /** When the first page of its list was asked for: what one probe has read of a list is taken in together. */
  readonly probeAt?: number
}

export interface Exchange {
  readonly account?: string
  readonly startedAt: number
  readonly endedAt: number
  readonly status: number
  /** Whole, and in a form that is to be believed. */
  readonly good: boolean
  /** The job or service whose list was asked for from its beginning. */
  readonly lists?: string
  /** A single look at something else than builds, for which the reserve may be used. */
  readonly aside?: boolean
}

/** One window of an account's limit. */
export interface RequestWindow {
  readonly account: string
  readonly startedAt: number
  readonly resetsAt: number
  readonly requests: number
  readonly limit: number
  /** What is kept back from planned probes. */
  readonly reserve: number
}

/** One recorded transition. */
export interface TransitionLine {
  readonly build: string
  /** Event id. */
  readonly id: string
  readonly seq: number
  readonly to: string | null
  readonly concluded: boolean
  readonly outcome?: string
}

type Routes = readonly { readonly to: string; readonly on: readonly string[] }[]

/** What a terminal event says of its line, as it stands in its data. */
export interface LineFacts {
  readonly verdict?: string | undefined
  readonly consecutive?: number | undefined
  readonly since?: string | undefined
  readonly superseded?: boolean | undefined
  readonly redForMs?: number | undefined
  readonly redBuilds?: number | undefined
}

export interface LoggedLine extends TransitionLine, LineFacts {
  /** The routes in force when it was recorded. */
  readonly routes: Routes
  /** The event's own `time`. */
  readonly at: number
  readonly observedAt: number
  /** Name of the line; on terminal ones. */
  readonly line?: string
}

/** An event that is no transition. */
export interface Notice {
  readonly id: string
  readonly kind: 'stuck' | 'troubled' | 'recovered' | 'digest'
  readonly subject: string
  readonly trouble?: string
  readonly episode?: number
  readonly at: number
  readonly routes: Routes
}

export interface LedgerRow {
  /** `<event id>-><notifier>` */
  readonly id: string
  /** `pending`, or how it ended. */
  readonly state: string
  readonly reason?: string
}

export interface Attempt {
  readonly notifier: string
  readonly startedAt: number
  /** The other side took it, whether or not the sender could learn of it. */
  readonly accepted: boolean
  /** The idempotency key, where the notifier has a place for one. */
  readonly key?: string
  readonly eventId: string
  readonly body: string
}

/**
 * A fault that was injected. One that strikes the daemon excuses what was in its hands between `from` and `until`; one of
 * the API explains troubles.
 */
export interface Fault {
  readonly kind:
    | 'daemon_killed'
    | 'redis_away'
    | 'answer_cut'
    | 'data_lost'
    | 'token_revoked'
    | 'rights_taken'
    | 'api_fault'
  readonly from: number
  readonly until: number
  /** Only for `data_lost`: what was written after this is gone, as if it had never been. */
  readonly lostSince?: number
  /** Only for `data_lost`: no daemon that remembered anything was left. */
  readonly forgotten?: boolean
  /** Only for faults of the API. */
  readonly troubles?: Troubling
}

export interface Troubling {
  readonly trouble: string
  /** Who may be troubled: `accounts/<name>`, a job or service, a build. */
  readonly subjects: readonly string[]
  /** It lasts long enough that each of them must be told of, once, and once more when it is over. */
  readonly lasting: boolean
}

/** Files were changed, and what is in force was looked at afterwards. */
export interface Reload {
  readonly from: number
  readonly until: number
  /** What the newest valid text of each file asks for, and what was found; compared as they are. */
  readonly asked: string
  readonly inForce: string
}

export interface WrittenText {
  readonly where: 'redis' | 'log' | 'attempts'
  /** Key, daemon, or event id. */
  readonly name: string
  readonly text: string
}

type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I7' | 'I8' | 'I9' | 'I10' | 'lines'

type Place = 'events' | 'transitions' | 'hashes' | 'ledger' | 'attempts' | 'requests' | 'configuration'

export interface Finding {
  readonly invariant: Invariant
  readonly kind: 'lost' | 'duplicated' | 'unexpected' | 'reordered' | 'mismatch' | 'leaked'
  readonly where: Place | WrittenText['where']
  /** Build key, event id, delivery id, account, or whatever it is about. */
  readonly subject: string
  readonly detail: string
}

/** How long an answer or a delivery may stay in the daemon's hands after the other side is done with it. */
export const IN_HAND_MS = 1500

/** What was in hand when a fault struck, or was printed just before it, shows this much later at most. */
const SEEN_LATE_MS = 500

export interface Span {
  readonly from: number
  readonly until: number
}

/** The faults that can have struck what was in the daemon's hands from `from` to `until`. */
export function faultsAround({ from, until }: Span, faults: readonly Fault[]): Fault[] {
  return faults.filter(
    (fault) =>
      fault.troubles === undefined &&
      (fault.lostSince ?? fault.from) <= until + IN_HAND_MS &&
      fault.until + SEEN_LATE_MS >= from,
  )
}

export function groupBy<T>(items: Iterable<T>, keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) {
    const group = groups.get(keyOf(item))
    if (group) group.push(item)
    else groups.set(keyOf(item), [item])
  }
  return groups
}
