/** What only a watch of a whole job or service says: which of its builds, and from when on. */
import type { BuildFilter } from '../domain/build-filter.js'
import { formatDuration } from './duration.js'
import { msAt } from './duration-at.js'
import { refuseValue } from './parse-section.js'
import { isCatchUpTooLong } from './resolve-retention.js'
import type { Section } from './section.js'
import { parseSince, SINCE } from './since.js'
import { FEED_KEYS, NO_SINCE, type WatchInput } from './watch-schema.js'

export interface FeedDefaults {
  readonly catchUpMs: number
  /** How long builds are kept; `undefined` where that was refused. */
  readonly buildsMs: number | undefined
  /** Epoch ms. */
  readonly now: number
}

export interface FeedFacts {
  readonly filter: BuildFilter
  readonly sinceAt?: number
  readonly catchUpMs: number
}

/** `input` is what the schema left of the watch, if anything. `undefined` after it has been refused. */
export function resolveFeed(
  section: Section,
  input: WatchInput | undefined,
  defaults: FeedDefaults,
): FeedFacts | undefined {
  const since = section.has('since') ? sinceOf(section.at('since'), defaults.now) : undefined
  const catchUpMs = section.has('catch_up') ? catchUpOf(section.at('catch_up'), defaults) : defaults.catchUpMs
  if (!input || since === 'refused' || catchUpMs === undefined) return undefined
  const filter = { branches: input.branches ?? [], pullRequests: PULL_REQUESTS[`${input.pull_requests}`] }
  return { filter, ...(since === undefined ? {} : { sinceAt: since }), catchUpMs }
}

const PULL_REQUESTS = { true: 'with', false: 'without', only: 'only' } as const

/** Epoch ms. */
function sinceOf(spot: Section, now: number): number | 'refused' {
  // The schema has complained already.
  if (typeof spot.value !== 'string' || !SINCE.test(spot.value)) return 'refused'
  const at = parseSince(spot.value)
  if (at !== undefined && at <= now) return at
  refuseValue(spot, at === undefined ? NO_SINCE : IN_FUTURE)
  return 'refused'
}

const IN_FUTURE =
  '{} lies in the future; write an instant that has passed, or leave it out: what ends from now on is told anyway'

function catchUpOf(spot: Section, { catchUpMs, buildsMs }: FeedDefaults): number | undefined {
  const ownMs = msAt(spot)
  if (ownMs === undefined || buildsMs === undefined || !isCatchUpTooLong(ownMs, buildsMs))
    return ownMs ?? catchUpMs
  spot.refuse(
    `${spot.source} is too long for the retention.builds of ${formatDuration(buildsMs)}, which must be more than an hour longer; shorten it, or raise retention.builds`,
  )
  return undefined
}

/** Complains of what says nothing of a single build. */
export function refuseFeedKeys(section: Section): void {
  for (const key of FEED_KEYS) if (section.has(key)) section.at(key).refuseKey(ONE_BUILD)
}

const ONE_BUILD =
  'says nothing of a watch of one build; take it out, or take `build` out to watch every build of the job or service'
