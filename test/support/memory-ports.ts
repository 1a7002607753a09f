/**
 * The ports of the corridors kept in plain memory, for tests of `core` alone. Each keeps the contract of its interface in
 * the fewest lines that do (compare-and-set, rows opened once, ids added once), and shows its state to the test; what the
 * real ones promise beyond that is tested in their own rooms.
 */
import { buildKey } from '../../src/domain/build.js'
import type { ApiError } from '../../src/domain/errors.js'
import type {
  Budget,
  BuildRecords,
  BuildSource,
  Clock,
  DeliveryQueue,
  EventLog,
  LoggedEvent,
  Permit,
  PollQueue,
  RateLimitFacts,
  Targets,
} from '../../src/domain/ports.js'
import type { ApiBuild } from '../../src/domain/snapshot.js'
import { FRESH_PACING, type Pacing, type Target } from '../../src/domain/target.js'
import { type RecordedBuild, UNRECORDED } from '../../src/domain/transition.js'

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
  const rows = new Map<string, { target: Target; pacing: Pacing; finished: boolean }>()
  let newest: string | undefined
  const open = (id: string) => {
    const row = rows.get(id)
    return row?.finished === false ? row : undefined
  }
  const want = (target: Target) => {
    const row = rows.get(target.id)
    rows.set(target.id, row ? { ...row, target } : { target, pacing: FRESH_PACING, finished: false })
  }
  wanted.forEach(want)
  return {
    find: async (id) => open(id),
    async pace(id, pacing) {
      const row = open(id)
      if (row) row.pacing = pacing
      return row !== undefined
    },
    async finish(id) {
      const row = rows.get(id)
      if (row) row.finished = true
    },
    async claim({ digest }) {
      newest ??= digest
      return newest === digest
    },
    async publish({ targets }) {
      for (const id of rows.keys()) if (!targets.some((target) => target.id === id)) rows.delete(id)
      targets.forEach(want)
    },
    unfinished: async () =>
      [...rows].flatMap(([id, { finished, pacing }]) =>
        finished
          ? []
          : [{ id, ...(pacing.nextProbeAt === undefined ? {} : { nextProbeAt: pacing.nextProbeAt }) }],
      ),
    pacingOf: (id: string): Pacing | undefined => rows.get(id)?.pacing,
    isFinished: (id: string): boolean | undefined => rows.get(id)?.finished,
    isWanted: (id: string): boolean => rows.has(id),
    /** The watchlist no longer names it. */
    drop: (id: string): boolean => rows.delete(id),
    /** Another replica has a newer configuration. */
    overtakenBy(digest: string): void {
      newest = digest
    },
  } satisfies Targets & Record<string, unknown>
}

export function createMemoryRecords() {
  const builds = new Map<string, RecordedBuild>()
  const lastIds = new Map<string, string>()
  const log: LoggedEvent[] = []
  let refusal: string | undefined
  return {
    read: async (ref) => builds.get(buildKey(ref)) ?? UNRECORDED,
    async record({ snapshot, expectedSeq, change }) {
      const key = buildKey(snapshot.ref)
      const held = builds.get(key) ?? UNRECORDED
      if (refusal !== undefined) return { kind: 'refused', reason: refusal }
      if (change && lastIds.get(key) === change.transition.id) return { kind: 'unchanged' }
      if (held.concluded) return { kind: 'concluded' }
      if (held.seq !== expectedSeq) return { kind: 'stale' }
      if (!change) {
        builds.set(key, { ...held, latest: snapshot.build })
        return { kind: 'recorded', seq: held.seq }
      }
      const { transition, event, routes } = change
      const { seq, to, concluded, visits } = transition
      const status = to === null ? {} : { status: to }
      builds.set(key, { seq, concluded, visits, latest: snapshot.build, ...status })
      lastIds.set(key, transition.id)
      log.push({ logId: `${log.length + 1}-0`, event, routes })
      return { kind: 'recorded', seq }
    },
    /** What was recorded, in order. */
    log,
    /** From now on nothing can be written; `undefined` mends it. */
    refuse(reason: string | undefined): void {
      refusal = reason
    },
  } satisfies BuildRecords & Record<string, unknown>
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
    /** What answers have said, each with the permit it was asked under. */
    learned,
  } satisfies Budget & Record<string, unknown>
}

/** An API that serves one build, after the faults that it has been given. It counts the requests that reach it. */
export function createMemoryApi(clock: Clock) {
  const faults: ApiError[] = []
  let served: Omit<ApiBuild, 'id'> = {}
  let requests = 0
  let whileAnswering: () => unknown = () => undefined
  return {
    async probe({ ref }, hooks) {
      for (;;) {
        requests += 1
        const fault = faults.shift()
        await hooks.onAnswer({ throttled: fault?.code === 'API_THROTTLED', remaining: 1000 - requests })
        await whileAnswering()
        if (!fault) return [{ ref, build: { id: ref.build, ...served }, observedAt: clock.now() }]
        if (!fault.retryable || !(await hooks.mayRetry())) throw fault
      }
    },
    serve(build: Omit<ApiBuild, 'id'>): void {
      served = build
    },
    fail(...errors: ApiError[]): void {
      faults.push(...errors)
    },
    /** Something else happens between the request and our seeing its answer. */
    meanwhile(happening: () => unknown): void {
      whileAnswering = happening
    },
    requests: () => requests,
  } satisfies BuildSource & Record<string, unknown>
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
    jobsOf: (notifier: string): Map<string, number> => queueOf(notifier).jobs,
  } satisfies DeliveryQueue & Record<string, unknown>
}
