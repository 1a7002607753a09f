/** The record, the watermarks and the troubles kept in plain memory, for tests of `core` alone. */
import { type BuildRef, buildKey, parseBuildKey, resourceKey } from '../../src/domain/build.js'
import type { WatchEvent } from '../../src/domain/event.js'
import type { Watermark } from '../../src/domain/history.js'
import { normaliseCreatedAt } from '../../src/domain/instant.js'
import type {
  BuildRecords,
  LoggedEvent,
  ProbeNotes,
  RecordEntry,
  RecordResult,
  Troubles,
  Watermarks,
} from '../../src/domain/ports.js'
import type { ProbeNote } from '../../src/domain/probe.js'
import type { Route } from '../../src/domain/route.js'
import { type RecordedBuild, UNRECORDED } from '../../src/domain/transition.js'
import { NO_TROUBLE, type TroubleRecord } from '../../src/domain/trouble.js'

/** As the record script answers, without verdicts and lives of keys. What it writes is what a later read knows. */
export function createMemoryRecords() {
  const builds = new Map<string, RecordedBuild>()
  const lastIds = new Map<string, string>()
  const active = new Set<string>()
  const kept: string[] = []
  const durations: number[] = []
  const log: LoggedEvent[] = []
  let refusal: ((key: string) => string | undefined) | undefined

  const heldOf = (ref: BuildRef): RecordedBuild => builds.get(buildKey(ref)) ?? UNRECORDED
  const append = (event: WatchEvent, routes: readonly Route[]): void =>
    void log.push(structuredClone({ logId: `${log.length + 1}-0`, event, routes }))
  const createdAtOf = (key: string): number => builds.get(key)?.createdAt ?? 0

  /** What there is to say before anything is written. */
  function atOnce(entry: RecordEntry): RecordResult | undefined {
    const { snapshot, change } = entry
    const key = buildKey(snapshot.ref)
    const held = heldOf(snapshot.ref)
    const reason = refusal?.(key)
    if (reason !== undefined) return { kind: 'refused', reason }
    if (held.history) return change?.kind === 'news' ? undefined : { kind: 'unchanged' }
    if (isThere(entry, held)) return { kind: 'unchanged' }
    if (held.concluded) return { kind: 'concluded' }
    return held.seq === entry.expectedSeq ? undefined : stale(key, held)
  }

  /** An earlier run wrote it, and its reply was lost. */
  function isThere({ snapshot, expectedSeq, change }: RecordEntry, held: RecordedBuild): boolean {
    const lastId = lastIds.get(buildKey(snapshot.ref))
    return change?.kind === 'news' && held.seq === expectedSeq + 1 && lastId === change.transition.id
  }

  function stale(key: string, { seq }: RecordedBuild): RecordResult {
    if (seq > 0) active.add(key)
    return { kind: 'stale' }
  }

  function write({ snapshot, expectedSeq, change }: RecordEntry): RecordResult {
    const key = buildKey(snapshot.ref)
    const createdAt = normaliseCreatedAt(snapshot.build.createdAt)
    const seen = {
      latest: structuredClone(snapshot.build),
      ...(createdAt === undefined ? {} : { createdAt }),
    }
    const { createdAt: _, latest: __, history: ___, ...held } = heldOf(snapshot.ref)
    if (!change) {
      builds.set(key, { ...held, ...seen })
      if (expectedSeq > 0) active.add(key)
      return { kind: 'recorded', seq: expectedSeq }
    }
    const { seq, to, concluded, visits, id } = change.transition
    const facts = { ...held, ...seen, concluded, visits, ...(to === null ? {} : { status: to }) }
    active[concluded ? 'delete' : 'add'](key)
    const { durationMs } = change.event.data
    if (durationMs !== undefined) durations.push(durationMs)
    if (change.kind === 'history') {
      builds.set(key, { ...facts, seq: 0, history: true })
      return { kind: 'recorded', seq: 0 }
    }
    builds.set(key, { ...facts, seq, changedAt: snapshot.observedAt })
    lastIds.set(key, id)
    append(change.event, change.routes)
    return { kind: 'recorded', seq }
  }

  return {
    read: async (refs) => structuredClone(refs.map(heldOf)),
    record: async (entry) => atOnce(entry) ?? write(entry),
    async active(ref) {
      const keys = [...active].sort((a, b) => createdAtOf(a) - createdAtOf(b))
      const refs = keys.flatMap((key) => parseBuildKey(key) ?? [])
      return refs.filter((each) => resourceKey(each) === resourceKey(ref))
    },
    async forget(ref) {
      active.delete(buildKey(ref))
    },
    async keep(refs) {
      kept.push(...refs.map(buildKey))
    },
    durations: async () => ({ count: durations.length, longestMs: Math.max(0, ...durations) }),
    async tellStuck(event, routes) {
      const held = builds.get(event.subject)
      if (!held || held.concluded || held.stuck) return false
      builds.set(event.subject, { ...held, stuck: true })
      append(event, routes)
      return true
    },
    /** What was told, in order. */
    log,
    /** Builds whose expiry was put off. */
    kept,
    isActive: (key: string): boolean => active.has(key),
    heldOf: (key: string): RecordedBuild | undefined => builds.get(key),
    /** How long the builds of the job have taken so far. */
    took(...ms: number[]): void {
      durations.push(...ms)
    },
    /** Redis has lost everything. */
    lose(): void {
      builds.clear()
      lastIds.clear()
      active.clear()
      durations.length = 0
    },
    /** The retention of this build has passed. */
    expire(key: string): void {
      builds.delete(key)
      lastIds.delete(key)
    },
    /** From now on nothing can be written, or nothing of this build; `undefined` mends it. */
    refuse(reason: string | undefined, only?: string): void {
      refusal =
        reason === undefined ? undefined : (key) => (only === undefined || key === only ? reason : undefined)
    },
  } satisfies BuildRecords & Record<string, unknown>
}

/** `lose` forgets as Redis does in a FLUSHALL, `restore` remembers as the process does. */
export function createMemoryProbeNotes() {
  const notes: (ProbeNote & { readonly target: string })[] = []
  return {
    notes,
    note: async (target: string, note: ProbeNote) => void notes.push({ target, ...note }),
    read: async (target: string) => notes.filter((each) => each.target === target),
  } satisfies ProbeNotes & Record<string, unknown>
}

export function createMemoryWatermarks() {
  const held = new Map<string, Map<string, Watermark>>()
  const remembered = new Map<string, Map<string, Watermark>>()
  const ofFeed = (marks: Map<string, Map<string, Watermark>>, feed: string): Map<string, Watermark> => {
    const known = marks.get(feed) ?? new Map<string, Watermark>()
    marks.set(feed, known)
    return known
  }
  const set = (feed: string, id: string, mark: Watermark): void => {
    for (const marks of [held, remembered]) ofFeed(marks, feed).set(id, { ...mark })
  }
  return {
    read: async (feed) => new Map(ofFeed(held, feed)),
    async begin(feed, fresh) {
      for (const [id, mark] of fresh) if (!ofFeed(held, feed).has(id)) set(feed, id, mark)
      return new Map(ofFeed(held, feed))
    },
    async caughtUp(feed, interests) {
      for (const id of interests) {
        const mark = ofFeed(held, feed).get(id)
        if (mark) set(feed, id, { ...mark, caughtUp: true })
      }
    },
    async restore() {
      for (const [feed, marks] of remembered)
        for (const [id, mark] of marks) if (!ofFeed(held, feed).has(id)) ofFeed(held, feed).set(id, mark)
    },
    lose: () => held.clear(),
  } satisfies Watermarks & Record<string, unknown>
}

export function createMemoryTroubles() {
  const records = new Map<string, TroubleRecord>()
  const told: { event: WatchEvent; routes: readonly Route[] }[] = []
  return {
    read: async (subjects) => structuredClone(subjects.map((subject) => records.get(subject) ?? NO_TROUBLE)),
    async note(subject, next, event) {
      if ((records.get(subject) ?? NO_TROUBLE).rev !== next.rev - 1) return false
      records.set(subject, structuredClone(next))
      if (event) told.push(event)
      return true
    },
    told,
    of: (subject: string): TroubleRecord => records.get(subject) ?? NO_TROUBLE,
  } satisfies Troubles & Record<string, unknown>
}
