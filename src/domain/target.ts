import { type BuildRef, buildKey, type ResourceRef, resourceKey } from './build.js'
import type { BuildFilter } from './build-filter.js'
import type { Claim } from './cadence.js'
import type { ProbeReason } from './probe.js'
import type { Route } from './route.js'

/** Hard limits on the pause between two good probes, and on one request. Milliseconds. */
export interface PollingRails {
  readonly minIntervalMs: number
  readonly maxIntervalMs: number
  readonly timeoutMs: number
}

/** The minutes that a cron expression of five fields matches, in an IANA time zone. */
export interface WatchWindow {
  readonly cron: string
  readonly timezone: string
}

/** Outside its windows nothing new is taken up; active builds are followed to their end. None: always open. */
export type Windows = readonly WatchWindow[]

interface WatchFacts {
  readonly account: string
  readonly routes: readonly Route[]
  readonly polling: PollingRails
  readonly windows: Windows
  /** What a second of waiting for these builds counts beside one for others; 1 where it is absent. */
  readonly weight?: number
}

/** A watch that names one build. */
export interface BuildWatch extends WatchFacts {
  readonly kind: 'build'
  readonly ref: BuildRef
}

/** A watch of all builds of one job or service that its filter wants. */
export interface FeedWatch extends WatchFacts {
  readonly kind: 'feed'
  readonly ref: ResourceRef
  readonly filter: BuildFilter
  /** Builds that concluded from this instant on are told when the feed is first watched; absent: they are history. Epoch ms. */
  readonly sinceAt?: number
  /** How far back conclusions that were missed are told. */
  readonly catchUpMs: number
}

/** One entry of a watchlist, resolved: defaults filled in, nothing secret. */
export type Watch = BuildWatch | FeedWatch

/** One build to read by id. Its target id is the build key. */
export interface BuildTarget {
  readonly kind: 'build'
  readonly id: string
  readonly account: string
  readonly ref: BuildRef
  readonly routes: readonly Route[]
  readonly windows: Windows
  readonly polling: PollingRails
  readonly weight?: number
}

/** What one filter wants of a feed, and whom to tell. Watches with equal filters are one interest. */
export interface Interest {
  /** Derives from filter and `sinceAt`: what changes it begins anew, with what has concluded before as history. */
  readonly id: string
  readonly filter: BuildFilter
  readonly sinceAt?: number
  readonly catchUpMs: number
  readonly routes: readonly Route[]
  readonly windows: Windows
}

/** A build that a watch names, followed through the feed of its job or service. */
export interface NamedBuild {
  readonly build: string
  readonly routes: readonly Route[]
  readonly windows: Windows
}

/** All builds of one job or service, read as a list. Its target id is the resource key. */
export interface FeedTarget {
  readonly kind: 'feed'
  readonly id: string
  readonly account: string
  readonly ref: ResourceRef
  readonly interests: readonly Interest[]
  readonly named: readonly NamedBuild[]
  readonly polling: PollingRails
  readonly weight?: number
}

/** What one request asks. Its id is the id of its poll job. */
export type Target = BuildTarget | FeedTarget

/** How the polling of a target stands. */
export interface Pacing {
  /** Good probes since something was new. */
  readonly polls: number
  /** Failed probes since the last good one. */
  readonly errors: number
  /** Epoch ms of the next planned probe; absent before the first. */
  readonly nextProbeAt?: number
  /** Why then; absent before the first. */
  readonly why?: ProbeReason
  /** What its plan claims of the account's budget; absent where nothing is learned. */
  readonly claim?: Claim
  /** Epoch ms of the first good answer. */
  readonly watchedSince?: number
  /** Epoch ms of the last good answer. */
  readonly answeredAt?: number
  /** By interest of a feed: of what was created before this instant the list has shown all. Epoch ms. */
  readonly readAt?: Readonly<Record<string, number>>
  /** Error code of the last probe, where that failed. */
  readonly failure?: string
  /** The permission that the token lacks, where another way was found. */
  readonly lacks?: string
}

export const FRESH_PACING: Pacing = { polls: 0, errors: 0 }

/** Several watches of one thing are one target; builds of a job or service with a feed are followed through it. */
export function targetsOf(watches: readonly Watch[]): Target[] {
  const feeds = new Map<string, FeedTarget>()
  for (const watch of watches) if (watch.kind === 'feed') addFeed(feeds, watch)
  const builds = new Map<string, BuildTarget>()
  for (const watch of watches) if (watch.kind === 'build') addBuild({ feeds, builds }, watch)
  return [...feeds.values(), ...builds.values()]
}

export function interestId({ filter, sinceAt }: Pick<FeedWatch, 'filter' | 'sinceAt'>): string {
  return JSON.stringify([filter.branches, filter.pullRequests, sinceAt ?? null])
}

/** Of the interest of this id. */
export function filterOf(id: string): BuildFilter {
  const [branches, pullRequests] = JSON.parse(id)
  return { branches, pullRequests }
}

/** What ends between two looks was not missed, however little is to be caught up with; and a look may be late. */
const LOOKS_APART = 2
/** Nor was what ends while the budget lets nobody ask, which takes an hour at most. */
const LONGEST_WAIT_MS = 7_200_000

function addFeed(feeds: Map<string, FeedTarget>, watch: FeedWatch): void {
  const { account, ref, polling, filter, sinceAt, catchUpMs, routes, windows } = watch
  const backMs = Math.max(catchUpMs, LOOKS_APART * polling.maxIntervalMs, LONGEST_WAIT_MS)
  const interest = { id: interestId(watch), filter, catchUpMs: backMs, routes, windows }
  const id = resourceKey(ref)
  const known = feeds.get(id) ?? { kind: 'feed', id, account, ref, interests: [], named: [], polling }
  feeds.set(id, {
    ...known,
    interests: withInterest(known.interests, sinceAt === undefined ? interest : { ...interest, sinceAt }),
    polling: tightest(known.polling, polling),
    ...heaviest(feeds.get(id), watch),
  })
}

function withInterest(interests: readonly Interest[], added: Interest): Interest[] {
  const same = interests.find(({ id }) => id === added.id)
  if (!same) return [...interests, added]
  const merged = {
    ...same,
    catchUpMs: Math.max(same.catchUpMs, added.catchUpMs),
    routes: [...same.routes, ...added.routes],
    windows: eitherWindows(same.windows, added.windows),
  }
  return interests.map((interest) => (interest === same ? merged : interest))
}

interface TargetsSoFar {
  readonly feeds: Map<string, FeedTarget>
  readonly builds: Map<string, BuildTarget>
}

function addBuild({ feeds, builds }: TargetsSoFar, watch: BuildWatch): void {
  const feed = feeds.get(resourceKey(watch.ref))
  if (feed) {
    const polling = tightest(feed.polling, watch.polling)
    feeds.set(feed.id, { ...feed, named: withNamed(feed.named, watch), polling, ...heaviest(feed, watch) })
    return
  }
  const id = buildKey(watch.ref)
  const known = builds.get(id)
  if (!known) builds.set(id, { id, ...watch })
  else {
    const polling = tightest(known.polling, watch.polling)
    builds.set(id, { ...known, ...both(known, watch), polling, ...heaviest(known, watch) })
  }
}

function withNamed(named: readonly NamedBuild[], { ref, routes, windows }: BuildWatch): NamedBuild[] {
  const same = named.find(({ build }) => build === ref.build)
  if (!same) return [...named, { build: ref.build, routes, windows }]
  return named.map((each) => (each === same ? { ...same, ...both(same, { routes, windows }) } : each))
}

type Telling = Pick<WatchFacts, 'routes' | 'windows'>

function both(a: Telling, b: Telling): Telling {
  return { routes: [...a.routes, ...b.routes], windows: eitherWindows(a.windows, b.windows) }
}

function eitherWindows(a: Windows, b: Windows): Windows {
  return a.length === 0 || b.length === 0 ? [] : [...a, ...b]
}

type Weighed = Pick<WatchFacts, 'weight'>

function heaviest(known: Weighed | undefined, { weight = 1 }: Weighed): Weighed {
  const most = known ? Math.max(known.weight ?? 1, weight) : weight
  return known?.weight === undefined && most === 1 ? {} : { weight: most }
}

function tightest(a: PollingRails, b: PollingRails): PollingRails {
  return {
    minIntervalMs: Math.min(a.minIntervalMs, b.minIntervalMs),
    maxIntervalMs: Math.min(a.maxIntervalMs, b.maxIntervalMs),
    timeoutMs: Math.max(a.timeoutMs, b.timeoutMs),
  }
}
