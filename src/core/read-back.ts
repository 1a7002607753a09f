/**
 * How far back a list is read. Its first page is enough nearly always; further ones are asked for while something may be
 * there that has not been seen, and never more than are worth it.
 */
import { type BuildKey, buildKey } from '../domain/build.js'
import { newsFrom } from '../domain/history.js'
import type { Snapshot } from '../domain/snapshot.js'
import type { FeedTarget, Pacing, Target } from '../domain/target.js'
import type { Known, KnownBuild } from './known-builds.js'

export interface AskedFeed {
  readonly target: FeedTarget
  readonly pacing: Pacing
  readonly known: Known
  /** Epoch ms. */
  readonly now: number
}

/** What lies behind so many pages is left there: else one `since` of long ago would take every request there is. */
export const MOST_PAGES = 15
/** Where nothing is known of the past, a build that was created so long before may still have ended since. */
const LONG_BUILD_MS = 6 * 3_600_000

/**
 * Asked once after each page. Pages come newest first in practice, so the oldest build seen tells how far back they have
 * reached; no document says so, and where they come the other way the newest builds are on the last. Builds that are awaited are worth as many pages as it would take requests to read them by id, or all there
 * are where the token may not do that.
 */
export function createWantsMore(asked: AskedFeed, mayGet: boolean): (seen: readonly Snapshot[]) => boolean {
  const reachBackAt = reachBackOf(asked)
  let pages = 0
  return (seen) => {
    pages += 1
    if (pages >= MOST_PAGES) return false
    const oldest = oldestOf(seen)
    if (oldest === undefined) return false
    if (isOldestFirst(seen)) return true
    if (oldest.createdAt > reachBackAt || oldest.build.concluded !== true) return true
    const missing = notAmong(seen, asked.known.awaited)
    if (!mayGet) return missing.length > 0
    return missing.filter(({ recorded }) => wasCreatedBefore(oldest, recorded)).length >= pages
  }
}

/** What is shown tells its age throughout, and each build is no older than the one before it. */
export function isOldestFirst(seen: readonly Snapshot[]): boolean {
  const ages = seen.map(({ createdAt }) => createdAt ?? Number.NaN)
  return ages.every((age, at) => age >= (ages[at - 1] ?? -Infinity)) && (ages.at(-1) ?? 0) > (ages[0] ?? 0)
}

/** The builds that were awaited and have not shown. */
export function notAmong(seen: readonly Snapshot[], awaited: readonly KnownBuild[]): readonly KnownBuild[] {
  const keys = new Set<BuildKey>(seen.map(({ ref }) => buildKey(ref)))
  return awaited.filter(({ ref }) => !keys.has(buildKey(ref)))
}

type Dated = Snapshot & { readonly createdAt: number }

function isDated(snapshot: Snapshot): snapshot is Dated {
  return snapshot.createdAt !== undefined
}

function oldestOf(seen: readonly Snapshot[]): Dated | undefined {
  return seen
    .filter(isDated)
    .reduce<Dated | undefined>((a, b) => (a && a.createdAt <= b.createdAt ? a : b), undefined)
}

function wasCreatedBefore(oldest: Dated, { createdAt }: KnownBuild['recorded']): boolean {
  return createdAt !== undefined && createdAt < oldest.createdAt
}

/** Builds created before this instant have been seen, or are of no interest. */
function reachBackOf({ target, pacing, known, now }: AskedFeed): number {
  const wanted = target.interests.flatMap(({ id, catchUpMs }) => {
    const mark = known.open.has(id) ? known.marks.get(id) : undefined
    if (!mark) return []
    const from = newsFrom(mark, catchUpMs, now) - LONG_BUILD_MS
    return [mark.caughtUp ? Math.max(from, pacing.readAt?.[id] ?? from) : from]
  })
  return Math.min(now, ...wanted)
}

/**
 * Of what was created before this instant a list that has been read back as far as was wanted has shown all. By the API's
 * clock where that tells, for ours may be ahead of it.
 */
export function readTo(seen: readonly Snapshot[], askedAt: number): number {
  const newest = Math.max(...seen.filter(isDated).map(({ createdAt }) => createdAt))
  return Number.isFinite(newest) ? Math.min(newest, askedAt) : askedAt
}

/** How far each interest has been read by now; those that were closed stay where they were. */
export function readAtOf(
  { target, pacing }: { target: Target; pacing: Pacing },
  { known, readTo: to }: { known: Known; readTo: number | undefined },
): Pick<Pacing, 'readAt'> {
  if (target.kind === 'build') return {}
  const reached = target.interests.flatMap(({ id }) => {
    const at = (known.open.has(id) ? to : undefined) ?? pacing.readAt?.[id]
    return at === undefined ? [] : [[id, at] as const]
  })
  return { readAt: Object.fromEntries(reached) }
}
