import type { BuildRef } from '../../../src/domain/build.js'
import { buildKey } from '../../../src/domain/build.js'
import { transitionEvent } from '../../../src/domain/event.js'
import { normaliseConcludedAt, normaliseCreatedAt } from '../../../src/domain/instant.js'
import type { Clock, Logger, RecordEntry } from '../../../src/domain/ports.js'
import type { Route } from '../../../src/domain/route.js'
import type { ApiBuild, Snapshot } from '../../../src/domain/snapshot.js'
import type { BuildTarget } from '../../../src/domain/target.js'
import { detectChange, type RecordedBuild, UNRECORDED } from '../../../src/domain/transition.js'
import { createKeys } from '../../../src/store/keys.js'

export const KEYS = createKeys('buildwatch')
export const START_AT = Date.UTC(2026, 0, 5, 12)
export const ROUTES: readonly Route[] = [{ to: 'hook', on: ['concluded'] }]

export function refOf(build: string): BuildRef {
  return { project: 'shop', kind: 'jobs', resource: 'nightly', build }
}

export const REF = refOf('quick-fox-1')
export const KEY = buildKey(REF)

export interface TestClock extends Clock {
  advance(ms: number): void
}

export function testClock(): TestClock {
  let at = START_AT
  return {
    now: () => at,
    advance: (ms) => {
      at += ms
    },
  }
}

export interface LogLine {
  readonly level: string
  readonly fields: Record<string, unknown>
  readonly message: string
}

/** A logger that keeps its lines. */
export function testLogger(): Logger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = []
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields: { ...fields }, message })
  }
  const logger = {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  }
  return logger
}

/** Instants come from the build object, as the parser takes them. */
export function snapshotOf(
  build: Partial<ApiBuild> = {},
  ref: BuildRef = REF,
  observedAt = START_AT,
): Snapshot {
  const createdAt = normaliseCreatedAt(build.createdAt)
  const concludedAt = normaliseConcludedAt(build.buildConcludedAt, observedAt)
  return {
    ref,
    build: { id: ref.build, ...build },
    observedAt,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(concludedAt === undefined ? {} : { concludedAt }),
  }
}

/** What the corridor would hand over for this snapshot after it had read `before`. */
export function entryFor(before: RecordedBuild, snapshot: Snapshot, routes = ROUTES): RecordEntry {
  const change = detectChange(before, snapshot)
  const entry = { snapshot, expectedSeq: before.seq, named: false }
  if (change.kind !== 'transition') return entry
  const { transition } = change
  const event = transitionEvent('default', snapshot, transition)
  return { ...entry, change: { kind: 'news', transition, event, routes } }
}

/** The same of a build that had concluded before anyone watched. */
export function historyEntryFor(snapshot: Snapshot, before = UNRECORDED): RecordEntry {
  const { change, ...entry } = entryFor(before, snapshot)
  if (!change) throw new Error('history is the end of a build')
  const { transition, event } = change
  return { ...entry, change: { kind: 'history', transition, event } }
}

export function targetOf(build: string): BuildTarget {
  const ref = refOf(build)
  return {
    kind: 'build',
    id: buildKey(ref),
    account: 'default',
    ref,
    routes: ROUTES,
    windows: [],
    polling: { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 },
  }
}
