/**
 * The first corridor: one due poll of one target, from "is it still wanted?" to "come back when". It returns what should
 * happen next and the queue obeys. A probe that failed never ends a watch and never touches the record.
 */
import { ApiError, type BuildwatchdError } from '../domain/errors.js'
import type {
  Budget,
  BuildRecords,
  BuildSource,
  Clock,
  Logger,
  Random,
  Targets,
  WatchedTarget,
} from '../domain/ports.js'
import type { Snapshot } from '../domain/snapshot.js'
import type { Pacing } from '../domain/target.js'
import type { RecordedBuild } from '../domain/transition.js'
import { cadenceMs, errorBackoffMs } from '../planning/backoff.js'
import { probe } from './probe.js'
import type { ProbeLog } from './probe-log.js'
import { recordSnapshot } from './record-snapshot.js'

export interface WatchPorts {
  readonly targets: Pick<Targets, 'find' | 'pace' | 'finish'>
  readonly records: BuildRecords
  readonly budget: Budget
  /** `undefined` when this replica's settings have no such account. */
  readonly sourceOf: (account: string) => BuildSource | undefined
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  readonly probeLog: ProbeLog
}

export type WatchVerdict =
  | { readonly kind: 'again'; readonly inMs: number }
  | { readonly kind: 'done'; readonly because: 'unwanted' | 'concluded' }

/** How long a poll waits for a replica that has its account. */
const HAND_BACK_MS = 1000

export async function watch(id: string, signal: AbortSignal, ports: WatchPorts): Promise<WatchVerdict> {
  const watched = await ports.targets.find(id)
  if (!watched) return { kind: 'done', because: 'unwanted' }
  const { target } = watched
  const source = ports.sourceOf(target.account)
  if (!source) return { kind: 'again', inMs: HAND_BACK_MS }

  const before = await ports.records.read(target.ref)
  if (before.concluded) return finish(id, ports)

  const permit = await ports.budget.take(target.account, 'planned')
  if (permit.kind === 'denied') return comeBack(watched, { pacing: watched.pacing, inMs: permit.inMs }, ports)

  const answer = await probe({ target, source, budget: ports.budget, permit, signal })
  if (answer.kind === 'failed') return backOff(watched, answer.error, ports)
  return follow(watched, { before, snapshots: answer.snapshots }, ports)
}

async function follow(
  watched: WatchedTarget,
  { before, snapshots }: { before: RecordedBuild; snapshots: readonly Snapshot[] },
  ports: WatchPorts,
): Promise<WatchVerdict> {
  const { target, pacing } = watched
  for (const snapshot of snapshots) {
    const result = await recordSnapshot({ target, snapshot, before }, ports)
    if (result.kind === 'refused') ports.probeLog.refused(target, result.reason)
    if (isEnd(result.kind, snapshot)) return finish(target.id, ports)
  }
  if (pacing.errors > 0) ports.probeLog.recovered(target, pacing.errors)
  const next: Pacing = { polls: pacing.polls + 1, errors: 0 }
  return comeBack(watched, { pacing: next, inMs: cadenceMs(next, target.polling, ports.random()) }, ports)
}

function isEnd(result: string, snapshot: Snapshot): boolean {
  return (
    result === 'concluded' ||
    (snapshot.build.concluded === true && (result === 'recorded' || result === 'unchanged'))
  )
}

async function backOff(
  watched: WatchedTarget,
  error: BuildwatchdError,
  ports: WatchPorts,
): Promise<WatchVerdict> {
  const errors = watched.pacing.errors + 1
  const resetInMs = error instanceof ApiError ? error.resetInMs : undefined
  const inMs = errorBackoffMs({ code: error.code, resetInMs }, errors, ports.random())
  ports.probeLog.failed(watched.target, error, { failedProbes: errors, nextInMs: inMs })
  return comeBack(watched, { pacing: { ...watched.pacing, errors }, inMs }, ports)
}

async function comeBack(
  { target }: WatchedTarget,
  { pacing, inMs }: { pacing: Pacing; inMs: number },
  { targets, clock }: WatchPorts,
): Promise<WatchVerdict> {
  const stillWanted = await targets.pace(target.id, { ...pacing, nextProbeAt: clock.now() + inMs })
  return stillWanted ? { kind: 'again', inMs } : { kind: 'done', because: 'unwanted' }
}

async function finish(id: string, { targets }: WatchPorts): Promise<WatchVerdict> {
  await targets.finish(id)
  return { kind: 'done', because: 'concluded' }
}
