/**
 * What is known of a target before it is asked. It must be read before the request: a record that is compared with what was
 * read after the answer would let a paused probe write the past over the present.
 */
import { type BuildKey, type BuildRef, buildKey } from '../domain/build.js'
import { firstWatermark, type Watermark } from '../domain/history.js'
import type { BuildRecords, Clock, Troubles, Watermarks, WindowClock } from '../domain/ports.js'
import type { FeedTarget, Target, Windows } from '../domain/target.js'
import { type RecordedBuild, UNRECORDED } from '../domain/transition.js'
import { accountSubject, NO_TROUBLE, type TroubleRecord } from '../domain/trouble.js'
import { dueInMs } from '../planning/troubled-cadence.js'

export interface KnownBuild {
  readonly ref: BuildRef
  readonly recorded: RecordedBuild
}

export interface Known {
  /** Those that a watch names, and those that are active. */
  readonly builds: ReadonlyMap<BuildKey, KnownBuild>
  /** Those of them whose end is to be told and that are due: looked for by id if the list does not show them. */
  readonly awaited: readonly KnownBuild[]
  /** By interest; empty for a single build. */
  readonly marks: ReadonlyMap<string, Watermark>
  /** Ids of the interests, and of the builds that watches name, whose windows are open. */
  readonly open: ReadonlySet<string>
  readonly openNamed: ReadonlySet<string>
  /** Of the account, of the target, and of each known build of a feed. */
  readonly troubles: ReadonlyMap<string, TroubleRecord>
  /** Nothing may be asked before; ms, 0 for now. */
  readonly restMs: number
}

export interface KnowingPorts {
  readonly records: Pick<BuildRecords, 'read' | 'active'>
  readonly watermarks: Pick<Watermarks, 'read' | 'begin'>
  readonly troubles: Pick<Troubles, 'read'>
  readonly windows: WindowClock
  readonly clock: Clock
}

export async function lookUp(target: Target, ports: KnowingPorts): Promise<Known> {
  const builds = await readBuilds(await refsOf(target, ports), ports)
  const troubles = await readTroubles(target, builds, ports)
  const now = ports.clock.now()
  const opensInMs = (windows: Windows): number => ports.windows.opensInMs(windows, now)
  const interests = target.kind === 'feed' ? target.interests : []
  const isOpen = ({ windows }: { windows: Windows }): boolean => opensInMs(windows) === 0
  const named = target.kind === 'feed' ? target.named : []
  const open = new Set(interests.filter(isOpen).map(({ id }) => id))
  const waiting = [...builds.values()].flatMap((build) => {
    const windows = windowsOf(build, target)
    if (windows === undefined) return []
    const trouble = troubles.get(buildKey(build.ref)) ?? NO_TROUBLE
    return [{ build, inMs: Math.max(opensInMs(windows), dueInMs(trouble, now)) }]
  })
  return {
    builds,
    awaited: waiting.filter(({ inMs }) => inMs === 0).map(({ build }) => build),
    marks: target.kind === 'feed' ? await readMarks(target, open, ports) : new Map(),
    open,
    openNamed: new Set(named.filter(isOpen).map(({ build }) => build)),
    troubles,
    restMs: Math.min(
      ...interests.map(({ windows }) => opensInMs(windows)),
      ...waiting.map(({ inMs }) => inMs),
    ),
  }
}

export function isActive({ seq, concluded }: RecordedBuild): boolean {
  return seq > 0 && !concluded
}

/** Recorded and told. What was recorded as history was told to nobody. */
export function isOver({ concluded, history }: RecordedBuild): boolean {
  return concluded && history !== true
}

async function refsOf(target: Target, { records }: KnowingPorts): Promise<BuildRef[]> {
  if (target.kind === 'build') return [target.ref]
  const named = target.named.map(({ build }) => ({ ...target.ref, build }))
  return [...named, ...(await records.active(target.ref))]
}

async function readBuilds(
  refs: readonly BuildRef[],
  { records }: KnowingPorts,
): Promise<Map<BuildKey, KnownBuild>> {
  const each = [...new Map(refs.map((ref) => [buildKey(ref), ref]))]
  const read = each.length === 0 ? [] : await records.read(each.map(([, ref]) => ref))
  return new Map(each.map(([key, ref], at) => [key, { ref, recorded: read[at] ?? UNRECORDED }]))
}

async function readTroubles(
  target: Target,
  builds: ReadonlyMap<BuildKey, KnownBuild>,
  { troubles }: KnowingPorts,
): Promise<ReadonlyMap<string, TroubleRecord>> {
  const subjects = [...new Set([accountSubject(target.account), target.id, ...builds.keys()])]
  const read = await troubles.read(subjects)
  return new Map(subjects.map((subject, at) => [subject, read[at] ?? NO_TROUBLE]))
}

/** When a build may be looked for; `undefined` where its end has been told. An active one is followed whatever the hour. */
function windowsOf({ ref, recorded }: KnownBuild, target: Target): Windows | undefined {
  if (isOver(recorded)) return undefined
  if (isActive(recorded)) return []
  return target.kind === 'build' ? target.windows : namedIn(target, ref)?.windows
}

function namedIn({ named }: FeedTarget, { build }: BuildRef) {
  return named.find((each) => each.build === build)
}

/** An interest begins with the first probe that is made for it, at the instant before that. */
async function readMarks(
  target: FeedTarget,
  open: ReadonlySet<string>,
  { watermarks, clock }: KnowingPorts,
): Promise<ReadonlyMap<string, Watermark>> {
  const marks = await watermarks.read(target.id)
  const fresh = target.interests.filter(({ id }) => open.has(id) && !marks.has(id))
  if (fresh.length === 0) return marks
  const now = clock.now()
  return watermarks.begin(target.id, new Map(fresh.map((each) => [each.id, firstWatermark(each, now)])))
}
