/**
 * What a build that a target has shown is to that target's watches: news, history, or nothing. Pure; the corridor acts.
 */
import { wantsBuild } from './build-filter.js'
import { endedAt, firstWatermark, isHistory, type Watermark } from './history.js'
import type { Route } from './route.js'
import type { ApiBuild, Snapshot } from './snapshot.js'
import type { FeedTarget, Interest, NamedBuild, Target } from './target.js'
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
  /** Ids of the interests with an open window. */
  readonly open: ReadonlySet<string>
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
  const { interests, named } = wantedBy(asKnown(seen), view.target)
  const told = toldOf(seen, interests, view)
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

function toldOf({ snapshot, recorded }: SeenBuild, wanting: readonly Interest[], view: FeedView): Told {
  if (recorded.seq > 0) return wanting
  if (!wanting.some(({ id }) => view.open.has(id))) return []
  if (snapshot.build.concluded !== true) return wanting
  const ended = endedAt(snapshot)
  // Nothing but the record tells what such a build is; another's history may still be news to a new `since`.
  if (recorded.history && ended === undefined) return 'history'
  const news = wanting.filter((interest) => !isHistory({ endedAt: ended }, horizonOf(interest, view)))
  return news.length === 0 ? 'history' : news
}

function horizonOf({ id, catchUpMs, sinceAt }: Interest, { marks, now }: FeedView) {
  const watermark = marks.get(id) ?? firstWatermark(sinceAt === undefined ? {} : { sinceAt }, now)
  return { watermark, catchUpMs, now }
}
