import type { BuildRef } from '../../../src/domain/build.js'
import { buildKey } from '../../../src/domain/build.js'
import { transitionEvent } from '../../../src/domain/event.js'
import type { Clock, Logger, RecordEntry } from '../../../src/domain/ports.js'
import type { Route } from '../../../src/domain/route.js'
import type { ApiBuild, Snapshot } from '../../../src/domain/snapshot.js'
import type { Target } from '../../../src/domain/target.js'
import { detectChange, type RecordedBuild } from '../../../src/domain/transition.js'
import { createKeys } from '../../../src/store/keys.js'

export const KEYS = createKeys('buildwatch')
export const START_AT = Date.UTC(2026, 0, 5, 12)
export const ROUTES: readonly Route[] = [{ to: 'hook', on: ['concluded'] }]

function refOf(build: string): BuildRef {
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

export function snapshotOf(build: Partial<ApiBuild> = {}, ref: BuildRef = REF): Snapshot {
  return { ref, build: { id: ref.build, ...build }, observedAt: START_AT }
}

/** What the corridor would hand over for this snapshot after it had read `before`. */
export function entryFor(before: RecordedBuild, snapshot: Snapshot, routes = ROUTES): RecordEntry {
  const change = detectChange(before, snapshot)
  const entry = { snapshot, expectedSeq: before.seq }
  if (change.kind !== 'transition') return entry
  const { transition } = change
  return { ...entry, change: { transition, event: transitionEvent('default', snapshot, transition), routes } }
}

export function targetOf(build: string): Target {
  const ref = refOf(build)
  return {
    id: buildKey(ref),
    account: 'default',
    ref,
    routes: ROUTES,
    polling: { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 },
  }
}
