import { buildKey } from '../domain/build.js'
import { transitionEvent } from '../domain/event.js'
import type { News } from '../domain/feed-news.js'
import type {
  BuildRecords,
  Logger,
  Meters,
  RecordEntry,
  RecordedChange,
  RecordResult,
} from '../domain/ports.js'
import type { ApiBuild, Snapshot } from '../domain/snapshot.js'
import { detectChange, type RecordedBuild, type Transition } from '../domain/transition.js'

export interface RecordPorts {
  readonly records: Pick<BuildRecords, 'record'>
  readonly logger: Logger
  readonly meters: Pick<Meters, 'recorded'>
}

export interface Sorted {
  readonly account: string
  readonly snapshot: Snapshot
  /** As read before the request. */
  readonly before: RecordedBuild
  readonly news: Exclude<News, { kind: 'ignored' }>
}

/** What became of a snapshot; `moved` where a transition was recorded and is told, `tookMs` where an end was, told or not. */
export type Recording = RecordResult & { readonly moved: boolean; readonly tookMs?: number }

/**
 * Records what a snapshot says against what was known *before* the request was made. An answer that arrives late is
 * `stale` and dropped: recomputing it against the newer record would write the past over the present.
 */
export async function recordSnapshot(
  { account, snapshot, before, news }: Sorted,
  { records, logger, meters }: RecordPorts,
): Promise<Recording> {
  const remembered = asRemembered(snapshot, before)
  const change = detectChange(before, remembered)
  if (change.kind === 'none') return { kind: before.concluded ? 'concluded' : 'unchanged', moved: false }
  const named = news.kind === 'news' && news.named
  const entry: RecordEntry = { snapshot: remembered, expectedSeq: before.seq, named }
  if (change.kind === 'details') return { ...(await records.record(entry)), moved: false }
  const { transition } = change
  // An event shows the build as it was served.
  const served = { ...remembered, build: snapshot.build }
  const recorded = asChange(transition, { account, served, news })
  const result = await records.record({ ...entry, change: recorded })
  const moved = result.kind === 'recorded' && news.kind === 'news'
  if (moved) {
    logger.info(transitionFields(snapshot, transition), transitionWords(transition))
    meters.recorded(recorded.event)
  }
  const { durationMs: tookMs } = recorded.event.data
  return { ...result, moved, ...(result.kind === 'recorded' && tookMs !== undefined ? { tookMs } : {}) }
}

function asChange(
  transition: Transition,
  { account, served, news }: Pick<Sorted, 'account' | 'news'> & { readonly served: Snapshot },
): RecordedChange {
  const event = transitionEvent(account, served, transition)
  return news.kind === 'history'
    ? { kind: 'history', transition, event }
    : { kind: 'news', transition, event, routes: news.routes }
}

/**
 * What a build was made from does not change, so an answer that leaves it out takes nothing back: by its branch the filters
 * know whose build it is, by its creation the line knows its place.
 */
function asRemembered(snapshot: Snapshot, { latest, createdAt }: RecordedBuild): Snapshot {
  const leftOut = ORIGIN.filter((field) => latest?.[field] !== undefined && !(field in snapshot.build))
  const origin = Object.fromEntries(leftOut.map((field) => [field, latest?.[field]]))
  return {
    ...(createdAt === undefined ? {} : { createdAt: Math.min(createdAt, snapshot.observedAt) }),
    ...snapshot,
    build: { ...snapshot.build, ...origin },
  }
}

const ORIGIN = ['branch', 'pullRequestId', 'createdAt'] as const satisfies readonly (keyof ApiBuild)[]

function transitionFields(snapshot: Snapshot, { seq, from, outcome }: Transition): object {
  const fields = { build: buildKey(snapshot.ref), seq, from }
  return outcome === undefined ? fields : { ...fields, outcome }
}

function transitionWords({ to, concluded }: Transition): string {
  return concluded ? `build has concluded: ${to ?? 'no status'}` : `build is now ${to}`
}
