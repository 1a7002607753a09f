/**
 * One list request for all builds of a job or service, further pages while something is still expected there, and the
 * builds that have left the list by their ids.
 */
import type { ApiError } from '../domain/errors.js'
import type { Listing } from '../domain/ports.js'
import { type AskedFeed, createWantsMore, isOldestFirst, notAmong, readTo } from './read-back.js'
import { type ReadById, readById } from './read-by-id.js'
import {
  hiddenBuild,
  isForbidden,
  type Postponed,
  type ProbeMeans,
  permissionOf,
  type Sighting,
  type UnseenBuild,
} from './sighting.js'

export async function probeFeed(asked: AskedFeed, means: ProbeMeans): Promise<Sighting | Postponed> {
  const { account, ref } = asked.target
  const wantsMore = createWantsMore(asked, means.rights.lacking(account, ref) === undefined)
  let listing: Listing
  try {
    listing = await means.source.list(ref, { ...means.leave, wantsMore })
  } catch (error) {
    if (!isForbidden(error)) throw error
    return byIdAlone(error, asked, means)
  }
  return withUnlisted(listing, asked, means)
}

async function withUnlisted(
  { snapshots, end }: Listing,
  { target, known, now }: AskedFeed,
  means: ProbeMeans,
): Promise<Sighting> {
  const missing = notAmong(snapshots, known.awaited).map(({ ref }) => ref)
  const lacked = means.rights.lacking(target.account, target.ref)
  const isSearched = lacked !== undefined && end !== 'cut'
  const byId: ReadById = isSearched
    ? { snapshots: [], unseen: missing.map((ref): UnseenBuild => ({ ref, error: hiddenBuild(lacked) })) }
    : await readById(missing, { ...means, account: target.account })
  const lacks = lacked ?? (byId.halt?.kind === 'forbidden' ? byId.halt.lacks : undefined)
  return {
    kind: 'seen',
    snapshots: [...snapshots, ...byId.snapshots],
    unseen: byId.unseen,
    ...(end === 'cut' ? {} : { readTo: readTo(snapshots, now) }),
    ...throttledBy(byId),
    ...(isOldestFirst(snapshots) ? { isOldestFirst: true } : {}),
    ...(lacks === undefined ? {} : { lacks }),
  }
}

function throttledBy({ halt }: ReadById): Pick<Sighting, 'throttled'> {
  return halt?.kind === 'failed' && halt.error.code === 'API_THROTTLED' ? { throttled: halt.error } : {}
}

/** The token may not list: what is known already can still be followed, if it may read by id. */
async function byIdAlone(
  forbidden: ApiError,
  { target, known }: AskedFeed,
  means: ProbeMeans,
): Promise<Sighting | Postponed> {
  const refs = known.awaited.map(({ ref }) => ref)
  const byId = await readById(refs, { ...means, account: target.account })
  const { snapshots, unseen, halt } = byId
  if (snapshots.length > 0)
    return { kind: 'seen', snapshots, unseen, lacks: permissionOf(forbidden), ...throttledBy(byId) }
  if (halt?.kind === 'postponed') return halt
  throw halt?.kind === 'failed' ? halt.error : forbidden
}
