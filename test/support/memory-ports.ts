/**
 * The ports of the corridors kept in plain memory, for tests of `core` alone. Each keeps the contract of its interface in
 * the fewest lines that do (compare-and-set, rows opened once, ids added once), and shows its state to the test; what the
 * real ones promise beyond that is tested in their own rooms.
 */
import type {
  Budget,
  Clock,
  DeliveryQueue,
  EventLog,
  LoggedEvent,
  Permit,
  PollQueue,
  RateLimitFacts,
  Replicas,
  Targets,
  WindowClock,
} from '../../src/domain/ports.js'
import type { QuietClock } from '../../src/domain/quiet-hours.js'
import type { Route } from '../../src/domain/route.js'
import type { Silence, Silences } from '../../src/domain/silence.js'
import { FRESH_PACING, type Pacing, type Target } from '../../src/domain/target.js'

export const MEMORY_START_AT = Date.UTC(2026, 0, 5, 12)

export function createMemoryClock() {
  let at = MEMORY_START_AT
  return {
    now: () => at,
    advance(ms: number): void {
      at += ms
    },
  } satisfies Clock & Record<string, unknown>
}

/** `newest` is the digest of the newest configuration among the replicas; absent: whoever claims first has it. */
export function createMemoryTargets(wanted: readonly Target[] = []) {
  const rows = new Map<string, { target: Target; pacing: Pacing; finished: boolean; abandoned?: boolean }>()
  const accounts = new Map<string, readonly Route[]>()
  let newest: string | undefined
  const open = (id: string) => {
    const row = rows.get(id)
    return row?.finished === false && row.abandoned !== true ? row : undefined
  }
  const want = (target: Target) => {
    const row = rows.get(target.id)
    rows.set(target.id, row ? { ...row, target } : { target, pacing: FRESH_PACING, finished: false })
  }
  wanted.forEach(want)
  return {
    async find(id) {
      const row = open(id)
      return row && structuredClone({ target: row.target, pacing: row.pacing })
    },
    async pace(id, pacing) {
      const row = open(id)
      if (row) row.pacing = structuredClone(pacing)
      return row !== undefined
    },
    async finish(id) {
      const row = rows.get(id)
      if (row) row.finished = true
    },
    async abandon(id) {
      const row = rows.get(id)
      if (row) row.abandoned = true
    },
    async resume() {
      for (const row of rows.values())
        if (row.abandoned) Object.assign(row, { abandoned: false, pacing: FRESH_PACING })
    },
    accountRoutes: async (account) => accounts.get(account) ?? [],
    async claim({ digest }) {
      newest ??= digest
      return newest === digest
    },
    async publish({ targets, accountRoutes }) {
      accounts.clear()
      for (const [account, routes] of accountRoutes) accounts.set(account, routes)
      for (const id of rows.keys()) if (!targets.some((target) => target.id === id)) rows.delete(id)
      targets.forEach(want)
    },
    unfinished: async () =>
      [...rows].flatMap(([id, { finished, abandoned, pacing }]) =>
        finished || abandoned
          ? []
          : [{ id, ...(pacing.nextProbeAt === undefined ? {} : { nextProbeAt: pacing.nextProbeAt }) }],
      ),
    pacingOf: (id: string): Pacing | undefined => rows.get(id)?.pacing,
    isFinished: (id: string): boolean | undefined => rows.get(id)?.finished,
    isAbandoned: (id: string): boolean => rows.get(id)?.abandoned === true,
    isWanted: (id: string): boolean => rows.has(id),
    /** The watchlist no longer names it. */
    drop: (id: string): boolean => rows.delete(id),
    /** Whom to tell of an account's trouble. */
    tellOf: (account: string, routes: readonly Route[]) => void accounts.set(account, routes),
    /** Another replica has a newer configuration. */
    overtakenBy(digest: string): void {
      newest = digest
    },
  } satisfies Targets & Record<string, unknown>
}

/** Windows by their cron expression; none is closed to begin with. */
export function createMemoryWindows() {
  const openings = new Map<string, number>()
  return {
    opensInMs: (windows, now) =>
      windows.length === 0
        ? 0
        : Math.min(...windows.map(({ cron }) => Math.max(0, (openings.get(cron) ?? now) - now))),
    closeUntil: (cron: string, opensAt: number) => void openings.set(cron, opensAt),
  } satisfies WindowClock & Record<string, unknown>
}

/** Quiet windows by their cron expression, until when each is open; none is to begin with. */
export function createMemoryQuietClock(open: Readonly<Record<string, number>> = {}) {
  return {
    closesInMs: ({ cron }, now) => Math.max(0, (open[cron] ?? now) - now),
  } satisfies QuietClock
}

export function createMemorySilences(active: readonly Silence[] = []) {
  return { active: async () => active } satisfies Silences
}

/** An allowance of so many requests, of which the last `reserve` are not for planned probes. */
export function createMemoryBudget({ left = 1000, reserve = 0, resetInMs = 1_800_000 } = {}) {
  let issued = 0
  const learned: { permit: number; facts: RateLimitFacts }[] = []
  return {
    async take(_account, purpose): Promise<Permit> {
      if (left - (purpose === 'planned' ? reserve : 0) < 1)
        return { kind: 'denied', because: 'budget', inMs: resetInMs }
      left -= 1
      issued += 1
      return { kind: 'granted', number: issued }
    },
    async learn(_account, permit, facts) {
      learned.push({ permit, facts })
    },
    left: () => left,
    /** From now on so many are left. */
    leave(requests: number): void {
      left = requests
    },
    /** What answers have said, each with the permit it was asked under. */
    learned,
  } satisfies Budget & Record<string, unknown>
}

export function createMemoryEventLog(logged: readonly LoggedEvent[] = []) {
  const waiting = new Map(logged.map((entry) => [entry.logId, entry]))
  let recalls = 0
  return {
    next: async () => [...waiting.values()],
    async acknowledge(logId) {
      waiting.delete(logId)
    },
    recall() {
      recalls += 1
    },
    recalls: () => recalls,
    unacknowledged: (): string[] => [...waiting.keys()],
  } satisfies EventLog & Record<string, unknown>
}

/** Jobs by id, each at most once, with the delay it was added with. */
export function createMemoryPolls() {
  const jobs = new Map<string, number>()
  return {
    live: async () => new Set(jobs.keys()),
    async add(polls) {
      for (const { id, inMs } of polls) if (!jobs.has(id)) jobs.set(id, inMs)
    },
    async hasten(ids) {
      for (const id of ids) if (jobs.has(id)) jobs.set(id, 0)
    },
    jobs,
  } satisfies PollQueue & Record<string, unknown>
}

/** As {@link createMemoryPolls}, one queue for each notifier. */
export function createMemoryDeliveries() {
  const queues = new Map<string, ReturnType<typeof createMemoryPolls>>()
  const queueOf = (notifier: string) => {
    const queue = queues.get(notifier) ?? createMemoryPolls()
    queues.set(notifier, queue)
    return queue
  }
  return {
    live: (notifier) => queueOf(notifier).live(),
    async add(deliveries) {
      for (const delivery of deliveries) await queueOf(delivery.notifier).add([delivery])
    },
    hasten: (notifier, ids) => queueOf(notifier).hasten(ids),
    async remove(notifier) {
      queues.delete(notifier)
    },
    jobsOf: (notifier: string): Map<string, number> => queueOf(notifier).jobs,
    notifiers: (): string[] => [...queues.keys()],
  } satisfies DeliveryQueue & Record<string, unknown>
}

/** One of some replicas; it is alone to begin with. */
export function createMemoryReplicas() {
  let told: readonly string[] = []
  let others: readonly (readonly string[] | undefined)[] = []
  return {
    serves(notifiers) {
      told = notifiers
    },
    async notifiersOfOthers() {
      const named = others.flatMap((names) => (names === undefined ? [] : [names]))
      return named.length === others.length ? named.flat() : undefined
    },
    told: (): readonly string[] => told,
    /** These live beside it, each with the notifiers that it names, if it has said so. */
    beside(...replicas: (readonly string[] | undefined)[]): void {
      others = replicas
    },
  } satisfies Replicas & Record<string, unknown>
}
