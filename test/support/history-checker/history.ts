/**
 * What one run left behind, as plain data, and what can be wrong with it. Nothing here comes from the daemon's own types:
 * a checker that shares the code it checks shares its mistakes. Instants are epoch milliseconds of one clock.
 */
export interface History {
  readonly builds: readonly BuildTruth[]
  /** Good answers to a read of a build, in the order in which they were completed. */
  readonly answers: readonly ServedAnswer[]
  /** The event log, in its order. */
  readonly events: readonly LoggedLine[]
  /** The builds' own streams, each in its order. */
  readonly transitions: readonly TransitionLine[]
  /** Each build's hash. */
  readonly hashes: ReadonlyMap<string, Readonly<Record<string, string>>>
  readonly ledger: readonly LedgerRow[]
  /** What reached the notifiers' other side, in the order of its arrival. */
  readonly attempts: readonly Attempt[]
  readonly faults: readonly Fault[]
}

export interface BuildTruth {
  readonly key: string
  readonly watched: boolean
  /** How it ended; absent while it has not. */
  readonly outcome?: string
}

export interface ServedAnswer {
  readonly build: string
  readonly startedAt: number
  readonly endedAt: number
  readonly status?: string
  readonly concluded: boolean
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

export interface LoggedLine extends TransitionLine {
  /** The routes in force when it was recorded. */
  readonly routes: readonly { readonly to: string; readonly on: readonly string[] }[]
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

/** A fault that was injected. It excuses what was in hand between `from` and `until`. */
export interface Fault {
  readonly kind: 'daemon_killed' | 'redis_away' | 'answer_cut' | 'data_lost'
  readonly from: number
  readonly until: number
  /** Only for `data_lost`: what was written after this is gone, as if it had never been. */
  readonly lostSince?: number
}

type Invariant = 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6'

export interface Finding {
  readonly invariant: Invariant
  readonly kind: 'lost' | 'duplicated' | 'unexpected' | 'reordered' | 'mismatch'
  readonly where: 'events' | 'transitions' | 'hashes' | 'ledger' | 'attempts'
  /** Build key, event id or delivery id. */
  readonly subject: string
  readonly detail: string
}

/** How long an answer or a delivery may stay in the daemon's hands after the other side is done with it. */
const IN_HAND_MS = 1500

/** What was in hand when a fault struck, or was printed just before it, shows this much later at most. */
const SEEN_LATE_MS = 500

/** The faults that can have struck what was in the daemon's hands from `from` to `until`. */
export function faultsAround(
  { from, until }: { readonly from: number; readonly until: number },
  faults: readonly Fault[],
): Fault[] {
  return faults.filter(
    (fault) => (fault.lostSince ?? fault.from) <= until + IN_HAND_MS && fault.until + SEEN_LATE_MS >= from,
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
