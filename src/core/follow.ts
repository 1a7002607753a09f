/**
 * What a probe has shown, taken in: each build that a watch wants is recorded, oldest first, so that lines move in the order
 * in which their builds were made.
 */
import { type BuildKey, buildKey } from '../domain/build.js'
import { type News, newsOf, type SeenBuild } from '../domain/feed-news.js'
import { endedAt } from '../domain/history.js'
import type { BuildRecords, Clock, Logger, Meters, Watermarks } from '../domain/ports.js'
import type { Snapshot } from '../domain/snapshot.js'
import type { Target } from '../domain/target.js'
import { type RecordedBuild, UNRECORDED } from '../domain/transition.js'
import { isActive, isOver, type Known } from './known-builds.js'
import type { ProbeLog } from './probe-log.js'
import { recordSnapshot } from './record-snapshot.js'
import type { SeenRunning } from './seen-running.js'
import type { Sighting } from './sighting.js'

export interface FollowPorts {
  readonly records: Pick<BuildRecords, 'read' | 'record' | 'forget' | 'keep'>
  readonly watermarks: Pick<Watermarks, 'caughtUp'>
  readonly meters: Pick<Meters, 'recorded'>
  readonly clock: Clock
  readonly logger: Logger
  readonly probeLog: ProbeLog
  readonly seenRunning: SeenRunning
}

export interface Followed {
  /** A transition was recorded. */
  readonly moved: boolean
  /** How long builds have taken whose end was recorded now, told or not; oldest build first. Milliseconds. */
  readonly tookMs: readonly number[]
  /** A single build's end is recorded. */
  readonly over: boolean
  /** As of the sighting; absent too when Redis would not write all that it showed. */
  readonly readTo?: number
}

interface Shown {
  readonly target: Target
  readonly known: Known
  /** Of the last good answer before this one, epoch ms. */
  readonly answeredAt?: number
  readonly sighting: Sighting
}

export async function follow(shown: Shown, ports: FollowPorts): Promise<Followed> {
  const { target, known, sighting } = shown
  const taken = await takeEach(shown, ports)
  const moved = taken.some((each) => each.moved)
  const tookMs = taken.flatMap((each) => each.tookMs ?? [])
  if (target.kind === 'build') return { moved, tookMs, over: taken.some(({ ended }) => ended) }
  if (sighting.readTo === undefined || taken.some(({ kind }) => kind === 'refused' || kind === 'stale'))
    return { moved, tookMs, over: false }
  const behind = [...known.marks].filter(([id, { caughtUp }]) => known.open.has(id) && !caughtUp)
  if (behind.length > 0)
    await ports.watermarks.caughtUp(
      target.id,
      behind.map(([id]) => id),
    )
  return { moved, tookMs, over: false, readTo: sighting.readTo }
}

/**
 * What is on record and was not known the next probe takes in, and it may end before what came after it in its line: so ends
 * are left to that probe, too. A list shows them for long; other statuses it shows once.
 */
async function takeEach(shown: Shown, ports: FollowPorts): Promise<Taken[]> {
  const { target, known, sighting } = shown
  const newsFor = sorter(shown, ports)
  const taken: Taken[] = []
  let awaitsOlder = false
  for (const seen of await openBuilds(sighting.snapshots, known, ports)) {
    if (awaitsOlder && hasConcluded(seen.snapshot)) continue
    const one = await take(seen, { target, news: newsFor(seen) }, ports)
    if (target.kind === 'feed') noteRunning(seen, one, ports)
    taken.push(one)
    if (one.kind === 'stale' && !known.builds.has(buildKey(seen.snapshot.ref))) awaitsOlder = true
  }
  return taken
}

/** Oldest first, without those whose end has been told: a list shows them for long. */
async function openBuilds(
  snapshots: readonly Snapshot[],
  known: Known,
  { records }: FollowPorts,
): Promise<SeenBuild[]> {
  const others = snapshots.filter(({ ref }) => !known.builds.has(buildKey(ref)))
  const read = others.length === 0 ? [] : await records.read(others.map(({ ref }) => ref))
  const held = new Map(others.map(({ ref }, at) => [buildKey(ref), read[at] ?? UNRECORDED]))
  await keepOnRecord({ snapshots, known, held }, records)
  return snapshots
    .map((snapshot) => ({ snapshot, recorded: beforeOf(snapshot, known, held) }))
    .filter(({ snapshot, recorded }) => !isOver(recorded) && !(recorded.history && !hasConcluded(snapshot)))
    .sort((a, b) => (a.snapshot.createdAt ?? Infinity) - (b.snapshot.createdAt ?? Infinity) || 0)
}

function hasConcluded({ build }: Snapshot): boolean {
  return build.concluded === true
}

type Held = ReadonlyMap<string, RecordedBuild>

/**
 * As it was known before the request. What was not counts as unrecorded unless it has concluded, which nothing can undo: if
 * it is on record, the record script will say so.
 */
function beforeOf({ ref }: Snapshot, known: Known, held: Held): RecordedBuild {
  const key = buildKey(ref)
  const after = held.get(key)
  return known.builds.get(key)?.recorded ?? (after?.concluded ? after : UNRECORDED)
}

/**
 * Nothing but its record tells that a build without instants was told, so that must not expire while the list shows it; and
 * what a watch names stays as long as it does.
 */
async function keepOnRecord(
  { snapshots, known, held }: { snapshots: readonly Snapshot[]; known: Known; held: Held },
  { keep }: Pick<FollowPorts['records'], 'keep'>,
): Promise<void> {
  const untimed = snapshots.filter(
    (each) => held.get(buildKey(each.ref))?.concluded && endedAt(each) === undefined,
  )
  const named = [...known.builds.values()].filter(({ recorded }) => isOver(recorded))
  const kept = [...untimed, ...named].map(({ ref }) => ref)
  if (kept.length > 0) await keep(kept)
}

function sorter(
  { target, known: { marks, open, openNamed }, answeredAt }: Shown,
  { clock, seenRunning }: FollowPorts,
): (seen: SeenBuild) => News {
  if (target.kind === 'build') return () => ({ kind: 'news', routes: target.routes, named: true })
  const facts = {
    target,
    marks,
    open,
    openNamed,
    runningAt: (build: BuildKey) => seenRunning.at(build),
    now: clock.now(),
  }
  const view = answeredAt === undefined ? facts : { ...facts, answeredAt }
  return (seen) => newsOf(seen, view)
}

function noteRunning({ snapshot }: SeenBuild, { kind, ended }: Taken, { seenRunning }: FollowPorts): void {
  const key = buildKey(snapshot.ref)
  if (ended || kind === 'ignored') seenRunning.forget(key)
  else if (!hasConcluded(snapshot)) seenRunning.note(key, snapshot.observedAt)
}

interface Taken {
  readonly kind: 'ignored' | 'refused' | 'stale' | 'other'
  readonly tookMs?: number
  readonly moved: boolean
  readonly ended: boolean
}

async function take(
  { snapshot, recorded }: SeenBuild,
  { target, news }: { target: Target; news: News },
  ports: FollowPorts,
): Promise<Taken> {
  if (news.kind === 'ignored') {
    // A watch that was changed may not want any more what it has followed so far.
    if (isActive(recorded)) await ports.records.forget(snapshot.ref)
    return { kind: 'ignored', moved: false, ended: false }
  }
  const { account } = target
  const result = await recordSnapshot({ account, snapshot, before: recorded, news }, ports)
  if (result.kind === 'refused') ports.probeLog.refused(target, result.reason)
  const isWritten = result.kind === 'recorded' || result.kind === 'unchanged'
  return {
    kind: result.kind === 'refused' || result.kind === 'stale' ? result.kind : 'other',
    moved: result.moved,
    ...(result.tookMs === undefined ? {} : { tookMs: result.tookMs }),
    ended: result.kind === 'concluded' || (isWritten && hasConcluded(snapshot)),
  }
}
