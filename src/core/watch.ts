/**
 * The first corridor: one due poll of one target, from "is it still wanted?" to "come back when". It returns what should
 * happen next and the queue obeys. A probe that failed never ends a watch and never touches the record.
 */
import { type BuildKey, buildKey } from '../domain/build.js'
import { ApiError, type BuildwatchdError } from '../domain/errors.js'
import type {
  Budget,
  BuildRecords,
  BuildSource,
  Cadence,
  Meters,
  Permit,
  ProbeNotes,
  Random,
  Targets,
  Troubles,
  WatchedTarget,
  Watermarks,
} from '../domain/ports.js'
import type { Snapshot } from '../domain/snapshot.js'
import type { Pacing } from '../domain/target.js'
import { errorBackoffMs } from '../planning/backoff.js'
import { troubledCadence } from '../planning/troubled-cadence.js'
import { follow } from './follow.js'
import { isOver, type KnowingPorts, type Known, lookUp } from './known-builds.js'
import { createLeave } from './leave.js'
import { noteProbe } from './note-probe.js'
import type { TroublePorts } from './note-trouble.js'
import { type Pause, pausing, resting, sleepMs, stillWaiting } from './pause.js'
import { probe } from './probe.js'
import type { ProbeLog } from './probe-log.js'
import { readAtOf } from './read-back.js'
import type { Rights } from './rights.js'
import type { SeenRunning } from './seen-running.js'
import type { Sighting } from './sighting.js'
import { type StuckPorts, tellStuck } from './tell-stuck.js'
import { createTroubleWatch, type TroubleWatch } from './trouble-watch.js'

export interface WatchPorts extends KnowingPorts, TroublePorts, StuckPorts {
  readonly targets: Pick<Targets, 'find' | 'pace' | 'finish' | 'abandon' | 'accountRoutes'>
  readonly records: BuildRecords
  readonly watermarks: Watermarks
  readonly troubles: Troubles
  readonly budget: Budget
  /** `undefined` when this replica's settings have no such account. */
  readonly sourceOf: (account: string) => BuildSource | undefined
  readonly probeNotes: Pick<ProbeNotes, 'note'>
  readonly meters: Pick<Meters, 'probed' | 'recorded'>
  readonly rights: Rights
  readonly seenRunning: SeenRunning
  readonly cadence: Cadence
  readonly random: Random
  readonly probeLog: ProbeLog
}

export type WatchVerdict =
  | { readonly kind: 'again'; readonly inMs: number }
  | { readonly kind: 'done'; readonly because: 'unwanted' | 'concluded' | 'abandoned' }

/** How long a poll waits for a replica that has its account. */
const HAND_BACK_MS = 1000
/** After the reset that an account waits for, and no more than half of what the wait itself was: windows may be short. */
const RESUMED_WITHIN_MS = 5000

export async function watch(id: string, signal: AbortSignal, ports: WatchPorts): Promise<WatchVerdict> {
  const watched = await ports.targets.find(id)
  if (!watched) return { kind: 'done', because: 'unwanted' }
  const { target, pacing } = watched
  const source = ports.sourceOf(target.account)
  if (!source) return { kind: 'again', inMs: HAND_BACK_MS }

  const waiting = await stillWaiting(watched, ports)
  if (waiting) return comeBack(id, waiting, ports)

  const known = await lookUp(target, ports)
  if (isFinished(watched, known)) return finish(id, ports)
  if (known.restMs > 0)
    return comeBack(id, { pacing: resting(pacing), inMs: known.restMs, why: 'window' }, ports)

  const permit = await ports.budget.take(target.account, 'planned', await ports.cadence.patience(watched))
  if (permit.kind === 'denied')
    return comeBack(id, { pacing, inMs: deniedMs(permit, ports.random()), why: 'governor' }, ports)

  const leave = createLeave({ target, budget: ports.budget, permit, signal })
  const asked = { target, pacing, known, now: ports.clock.now() }
  const answer = await probe(asked, { source, leave, rights: ports.rights, random: ports.random })
  await noteProbe(
    { account: target.account, target: id, pacing, at: asked.now, requests: leave.requests(), answer },
    ports,
  )
  // The watchlists may have changed while the answer was on its way.
  const still = await ports.targets.find(id)
  if (!still) return { kind: 'done', because: 'unwanted' }

  if (answer.kind === 'postponed') return goOn(oneMorePoll(still), bornAtOf(known), ports)
  const troubles = createTroubleWatch(still.target, known, ports)
  if (answer.kind === 'failed') return backOff(still, { error: answer.error, troubles }, ports)
  return takeIn(still, { known, sighting: answer, troubles }, ports)
}

/** Those who wait for the reset are all of an account's polls: they come back one after the other, not all in one instant. */
function deniedMs({ because, inMs }: Permit & { kind: 'denied' }, random: number): number {
  return because === 'pace' ? inMs : Math.round(inMs + random * Math.min(RESUMED_WITHIN_MS, inMs / 2))
}

function oneMorePoll({ target, pacing }: WatchedTarget): WatchedTarget {
  return { target, pacing: { ...pacing, polls: pacing.polls + 1 } }
}

function isFinished({ target }: WatchedTarget, { builds }: Known): boolean {
  return target.kind === 'build' && [...builds.values()].every(({ recorded }) => isOver(recorded))
}

async function takeIn(
  { target, pacing }: WatchedTarget,
  { known, sighting, troubles }: { known: Known; sighting: Sighting; troubles: TroubleWatch },
  ports: WatchPorts,
): Promise<WatchVerdict> {
  const { snapshots, lacks } = sighting
  const { answeredAt } = pacing
  const before = answeredAt === undefined ? {} : { answeredAt }
  const { moved, tookMs, over, readTo } = await follow({ target, known, sighting, ...before }, ports)
  await ports.cadence.learn(target.account, tookMs)
  await troubles.seen(sighting)
  if (over) return finish(target.id, ports)
  await tellStuck({ target, known, snapshots }, ports)

  if (pacing.errors > 0) ports.probeLog.recovered(target, pacing.errors)
  if (sighting.isOldestFirst) ports.probeLog.oldestFirst(target)
  if (lacks !== undefined && lacks !== pacing.lacks) ports.probeLog.lacking(target, lacks)
  const now = ports.clock.now()
  const next: Pacing = {
    polls: moved ? 1 : pacing.polls + 1,
    errors: 0,
    answeredAt: now,
    watchedSince: pacing.watchedSince ?? now,
    ...readAtOf({ target, pacing }, { known, readTo }),
    ...(lacks === undefined ? {} : { lacks }),
  }
  return goOn({ target, pacing: next }, bornAtOf(known, snapshots), ports)
}

async function backOff(
  { target, pacing }: WatchedTarget,
  { error, troubles }: { error: BuildwatchdError; troubles: TroubleWatch },
  ports: WatchPorts,
): Promise<WatchVerdict> {
  const errors = pacing.errors + 1
  const trouble = await troubles.failed(error)
  // The process died when it had just been given up: whoever resumes it lets its trouble begin anew.
  if (trouble.trouble === 'abandoned') return giveUp(target.id, ports)
  const cadence = troubledCadence(trouble, ports.clock.now())
  if (cadence?.kind === 'abandon') {
    await troubles.abandoned(trouble)
    return giveUp(target.id, ports)
  }
  const resetInMs = error instanceof ApiError ? error.resetInMs : undefined
  const why = cadence ? 'trouble' : 'retry'
  const inMs = cadence?.inMs ?? errorBackoffMs({ code: error.code, resetInMs }, errors, ports.random())
  ports.probeLog.failed(target, error, { failedProbes: errors, nextInMs: inMs })
  const left = cadence ? resting(pacing) : pacing
  return comeBack(target.id, { pacing: { ...left, errors, failure: error.code }, inMs, why }, ports)
}

/** After the pause that follows a good probe. */
async function goOn(
  watched: WatchedTarget,
  bornAt: ReadonlyMap<BuildKey, number>,
  ports: WatchPorts,
): Promise<WatchVerdict> {
  return comeBack(watched.target.id, pausing(watched, await ports.cadence.next(watched, bornAt)), ports)
}

/** When builds were created, or else seen to change last; epoch ms. */
function bornAtOf({ builds }: Known, shown: readonly Snapshot[] = []): ReadonlyMap<BuildKey, number> {
  const known = [...builds].map(
    ([key, { recorded }]) => [key, recorded.createdAt ?? recorded.changedAt] as const,
  )
  const seen = shown.map(
    ({ ref, createdAt, observedAt }) => [buildKey(ref), createdAt ?? observedAt] as const,
  )
  // What is on record is older than what is seen now, where neither tells its creation.
  const told = [...seen, ...known].filter(
    (entry): entry is readonly [BuildKey, number] => entry[1] !== undefined,
  )
  return new Map(told)
}

async function comeBack(
  id: string,
  { pacing, ...pause }: Pause,
  { targets, clock }: WatchPorts,
): Promise<WatchVerdict> {
  const { inMs, why } = pause
  const stillWanted = await targets.pace(id, { ...pacing, nextProbeAt: clock.now() + inMs, why })
  return stillWanted ? { kind: 'again', inMs: sleepMs(pause) } : { kind: 'done', because: 'unwanted' }
}

async function finish(id: string, { targets }: WatchPorts): Promise<WatchVerdict> {
  await targets.finish(id)
  return { kind: 'done', because: 'concluded' }
}

async function giveUp(id: string, { targets }: WatchPorts): Promise<WatchVerdict> {
  await targets.abandon(id)
  return { kind: 'done', because: 'abandoned' }
}
