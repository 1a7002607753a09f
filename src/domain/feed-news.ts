/**
 * What a build that a target has shown is to that target's watches: news, history, or nothing. Pure; the corridor acts.
 */

import { type BuildKey, buildKey } from './build.js'
import { wantsBuild } from './build-filter.js'
import { endedAt, firstWatermark, isHistory, type Watermark } from './history.js'
import type { Route } from './route.js'
import type { ApiBuild, Snapshot } from './snapshot.js'
import { type FeedTarget, filterOf, type Interest, type NamedBuild, type Target } from './target.js'
import type { RecordedBuild } from './transition.js'

export type News =
  /** `named`: a watch names this very build. */
  | { readonly kind: 'news'; readonly routes: readonly Route[]; readonly named: boolean }
  | { readonly kind: 'history' }
  /** No watch wants it, none that is open would take it up now, or it is recorded as the history that it is. */
  | { readonly kind: 'ignored' }

export interface FeedView {
  readonly target: FeedTarget
  readonly marks: ReadonlyMap<string, Watermark>
  /** Ids of the interests, and of the named builds, with an open window. */
  readonly open: ReadonlySet<string>
  readonly openNamed: ReadonlySet<string>
  /** When the feed last gave a good answer, and when a build was last seen running; epoch ms. */
  readonly answeredAt?: number
  runningAt(build: BuildKey): number | undefined
  readonly now: number
}

export interface SeenBuild {
  readonly snapshot: Snapshot
  readonly recorded: RecordedBuild
}

/** What an answer leaves out is as it was last known. */
export function asKnown({ snapshot, recorded }: SeenBuild): ApiBuild {
  return { ...recorded.latest, ...snapshot.build, id: snapshot.ref.build }
}

/** Of all watches that want a build, whatever the hour; `undefined` when none does. */
export function routesFor(build: ApiBuild, target: Target): readonly Route[] | undefined {
  if (target.kind === 'build') return target.routes
  const { interests, named } = wantedBy(build, target)
  const wanting = [...interests, ...named]
  return wanting.length === 0 ? undefined : wanting.flatMap(({ routes }) => routes)
}

export function newsOf(seen: SeenBuild, view: FeedView): News {
  const { interests, named: naming } = wantedBy(asKnown(seen), view.target)
  const told = toldOf(seen, interests, view)
  // What is followed, or told to others, is told to all that name it.
  const isTakenUp = seen.recorded.seq > 0 || (told !== 'history' && told.length > 0)
  const named = naming.filter(({ build }) => isTakenUp || view.openNamed.has(build))
  if (told === 'history' && named.length === 0) return { kind: seen.recorded.history ? 'ignored' : 'history' }
  const telling = [...(told === 'history' ? [] : told), ...named]
  if (telling.length === 0) return { kind: 'ignored' }
  return { kind: 'news', routes: telling.flatMap(({ routes }) => routes), named: named.length > 0 }
}

interface Wanting {
  readonly interests: readonly Interest[]
  /** One at most. */
  readonly named: readonly NamedBuild[]
}

function wantedBy(build: ApiBuild, { interests, named }: FeedTarget): Wanting {
  return {
    interests: interests.filter(({ filter }) => wantsBuild(filter, build)),
    named: named.filter((each) => each.build === build.id),
  }
}

type Told = readonly Interest[] | 'history'

/** By how much the API's clock may be behind ours. */
const SKEW_MS = 60_000

function toldOf({ snapshot, recorded }: SeenBuild, wanting: readonly Interest[], view: FeedView): Told {
  if (recorded.seq > 0) return wanting
  if (!wanting.some(({ id }) => view.open.has(id))) return []
  if (snapshot.build.concluded !== true) return wanting
  const ended = latestOf(endedAt(snapshot), view.runningAt(buildKey(snapshot.ref)))
  // Nothing but the record tells what such a build is; another's history may still be news to a new `since`.
  if (recorded.history && ended === undefined) return 'history'
  const news = wanting.filter((interest) => !isHistory({ endedAt: ended }, horizonOf(interest, view)))
  if (news.length > 0) return news
  return wasMissed({ snapshot, recorded }, ended, { wanting, view }) ? wanting : 'history'
}

/** Its end came after the last look, and a filter that was there until now would have told it. */
function wasMissed(
  seen: SeenBuild,
  ended: number | undefined,
  { wanting, view }: { readonly wanting: readonly Interest[]; readonly view: FeedView },
): boolean {
  const { target, marks, answeredAt, now } = view
  if (ended === undefined || answeredAt === undefined || ended < answeredAt - SKEW_MS) return false
  const catchUpMs = Math.max(...wanting.map((interest) => interest.catchUpMs))
  return [...marks].some(
    ([id, watermark]) =>
      watermark.caughtUp &&
      !target.interests.some((interest) => interest.id === id) &&
      wantsBuild(filterOf(id), asKnown(seen)) &&
      !isHistory({ endedAt: ended }, { watermark, catchUpMs, now }),
  )
}

function latestOf(...instants: readonly (number | undefined)[]): number | undefined {
  const known = instants.filter((at) => at !== undefined)
  return known.length === 0 ? undefined : Math.max(...known)
}

function horizonOf({ id, catchUpMs, sinceAt }: Interest, { marks, now }: FeedView) {
  const watermark = marks.get(id) ?? firstWatermark(sinceAt === undefined ? {} : { sinceAt }, now)
  return { watermark, catchUpMs, now }
}
