import { buildKey } from '../domain/build.js'
import { transitionEvent } from '../domain/event.js'
import type { News } from '../domain/feed-news.js'
import type { BuildRecords, Logger, RecordEntry, RecordedChange, RecordResult } from '../domain/ports.js'
import type { ApiBuild, Snapshot } from '../domain/snapshot.js'
import { detectChange, type RecordedBuild, type Transition } from '../domain/transition.js'

export interface RecordPorts {
  readonly records: Pick<BuildRecords, 'record'>
  readonly logger: Logger
}

export interface Sorted {
  readonly account: string
  readonly snapshot: Snapshot
  /** As read before the request. */
  readonly before: RecordedBuild
  readonly news: Exclude<News, { kind: 'ignored' }>
}

/** What became of a snapshot; `moved` where a transition was recorded and is told. */
export type Recording = RecordResult & { readonly moved: boolean }

/**
 * Records what a snapshot says against what was known *before* the request was made. An answer that arrives late is
 * `stale` and dropped: recomputing it against the newer record would write the past over the present.
 */
export async function recordSnapshot(
  { account, snapshot, before, news }: Sorted,
  { records, logger }: RecordPorts,
): Promise<Recording> {
  const change = detectChange(before, snapshot)
  if (change.kind === 'none') return { kind: before.concluded ? 'concluded' : 'unchanged', moved: false }
  const entry: RecordEntry = {
    snapshot: asRemembered(snapshot, before),
    expectedSeq: before.seq,
    named: news.kind === 'news' && news.named,
  }
  if (change.kind === 'details') return { ...(await records.record(entry)), moved: false }
  const { transition } = change
  const recorded = asChange(transition, { account, snapshot: asDated(snapshot, before), news })
  const result = await records.record({ ...entry, change: recorded })
  const moved = result.kind === 'recorded' && news.kind === 'news'
  if (moved) logger.info(transitionFields(snapshot, transition), transitionWords(transition))
  return { ...result, moved }
}

function asChange(
  transition: Transition,
  { account, snapshot, news }: Pick<Sorted, 'account' | 'snapshot' | 'news'>,
): RecordedChange {
  const event = transitionEvent(account, snapshot, transition)
  return news.kind === 'history'
    ? { kind: 'history', transition, event }
    : { kind: 'news', transition, event, routes: news.routes }
}

/**
 * What a build was made from does not change, so an answer that leaves it out takes nothing back: by the branch the filters
 * know whose build it is, by its creation the line knows its place.
 */
function asRemembered(snapshot: Snapshot, before: RecordedBuild): Snapshot {
  const { branch, pullRequestId, createdAt } = before.latest ?? {}
  const origin = { branch, pullRequestId, createdAt } satisfies { [Key in keyof ApiBuild]?: unknown }
  const known = Object.fromEntries(Object.entries(origin).filter(([, value]) => value !== undefined))
  return asDated({ ...snapshot, build: { ...known, ...snapshot.build } }, before)
}

function asDated(snapshot: Snapshot, { createdAt }: RecordedBuild): Snapshot {
  return createdAt === undefined ? snapshot : { createdAt, ...snapshot }
}

function transitionFields(snapshot: Snapshot, { seq, from, outcome }: Transition): object {
  const fields = { build: buildKey(snapshot.ref), seq, from }
  return outcome === undefined ? fields : { ...fields, outcome }
}

function transitionWords({ to, concluded }: Transition): string {
  return concluded ? `build has concluded: ${to ?? 'no status'}` : `build is now ${to}`
}
