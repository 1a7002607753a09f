/**
 * One look at the builds of one job or service that somebody waits for, with as few requests as it takes. The first is the list:
 * it shows the past too, from which the pauses are learned. Later one build alone is read by its id, several through the
 * list, which shows them all for the price of one. What the token may not do one way is done the other.
 */
import { type BuildKey, buildKey, type ResourceRef } from '../domain/build.js'
import { ApiError, BuildwatchdError, type ErrorCode } from '../domain/errors.js'
import type { BuildSource, ReadHooks } from '../domain/ports.js'
import type { Snapshot } from '../domain/snapshot.js'
import { newestOf, reachesBeyond } from './choose-build.js'
import { type FollowedBuild, isAbsence } from './followed-build.js'
import { isForbidden, permissionOf } from './sighting.js'

/** What has been found out of the ways there are; kept from look to look. */
export interface Ways {
  hasListed: boolean
  mayList: boolean
  /** Why not, where the token may not. It takes the smaller right, so that this is the one to ask for. */
  listForbidden?: ApiError
  /** The right that the token lacks for reads by id. */
  lacks: string | undefined
}

export interface Look {
  /** All that were shown, the past included. */
  readonly snapshots: readonly Snapshot[]
  readonly isList: boolean
  /** Builds that were asked for by their id in vain; one that is neither here nor shown was not asked for. */
  readonly unseen: ReadonlyMap<BuildKey, BuildwatchdError>
}

export interface LookMeans {
  readonly source: BuildSource
  readonly hooks: ReadHooks & { mayAsk(): Promise<boolean> }
}

export function newWays(): Ways {
  return { hasListed: false, mayList: true, lacks: undefined }
}

/** @param open all of `ref`, not ended. Rejects as both reads do, where no build was shown and none is away. */
export async function lookOnce(
  { ref, open }: { readonly ref: ResourceRef; readonly open: readonly FollowedBuild[] },
  ways: Ways,
  means: LookMeans,
): Promise<Look> {
  const snapshots = wantsList(open, ways) ? await list({ ref, open }, ways, means) : undefined
  const shown = new Set(snapshots?.map((snapshot) => buildKey(snapshot.ref)))
  // Those that fail come last, lest they keep the others from being read.
  const inOrder = [...open.filter(({ trouble }) => !trouble), ...open.filter(({ trouble }) => trouble)]
  const byId = inOrder.flatMap(({ ref }) => (ref && !shown.has(buildKey(ref)) ? [ref] : []))
  const { read, unseen } = await readEach(byId, ways, means)
  if (snapshots === undefined && read.length === 0) throwFailure(unseen)
  return { snapshots: [...(snapshots ?? []), ...read], isList: snapshots !== undefined, unseen }
}

function throwFailure(unseen: Look['unseen']): void {
  const [failure] = unseen.values()
  if (failure && ![...unseen.values()].some(isAbsence)) throw failure
}

function wantsList(open: readonly FollowedBuild[], { hasListed, mayList, lacks }: Ways): boolean {
  if (open.some(isUnnamed)) return true
  return mayList && (!hasListed || open.length > 1 || lacks !== undefined)
}

function isUnnamed({ ref }: FollowedBuild): boolean {
  return ref === undefined
}

/** `undefined` where all may be read by their ids instead. */
async function list(
  { ref, open }: { readonly ref: ResourceRef; readonly open: readonly FollowedBuild[] },
  ways: Ways,
  { source, hooks }: LookMeans,
): Promise<readonly Snapshot[] | undefined> {
  try {
    const { snapshots } = await source.list(ref, { ...hooks, wantsMore: wantsMoreOf(open, ways) })
    ways.hasListed = true
    return snapshots
  } catch (error) {
    if (!(error instanceof ApiError) || !OF_THE_LIST.has(error.code)) throw error
    if (open.some(isUnnamed) || ways.lacks !== undefined) throw error
    ways.mayList = false
    if (isForbidden(error)) ways.listForbidden = error
    return undefined
  }
}

/** What ails the list need not ail the build. */
const OF_THE_LIST: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'API_FORBIDDEN',
  'API_NOT_FOUND',
  'API_BAD_RESPONSE',
  'API_TIMED_OUT',
])

/** So many pages for a build that nobody may read by its id, or once for one that is not named. */
const MOST_PAGES = 15
const MOST_FOR_CHOICE = 5

/** The newest build of a branch may be old; one that is yet to come shows on the first page. */
function wantsMoreOf(open: readonly FollowedBuild[], { hasListed, lacks }: Ways) {
  let pages = 0
  return (seen: readonly Snapshot[]): boolean => {
    pages += 1
    const keys = new Set(seen.map((snapshot) => buildKey(snapshot.ref)))
    return open.some(({ ref, wanted }) => {
      if (ref !== undefined) return lacks !== undefined && pages < MOST_PAGES && !keys.has(buildKey(ref))
      if (wanted.kind !== 'newest' || hasListed || pages >= MOST_FOR_CHOICE) return false
      return newestOf(seen, wanted.choice) === undefined && !reachesBeyond(wanted.choice, seen)
    })
  }
}

type EachRead = { readonly read: readonly Snapshot[]; readonly unseen: Look['unseen'] }

/** What one build may suffer from alone. */
const OF_ONE: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'API_BAD_RESPONSE',
  'API_TIMED_OUT',
  'API_UNREACHABLE',
])
/** So many such failures are the API's. */
const MOST_FAILURES = 3

/** What fails with one build is no reason to hide the others; what holds for all is not asked for again. */
async function readEach(byId: readonly Snapshot['ref'][], ways: Ways, means: LookMeans): Promise<EachRead> {
  const read: Snapshot[] = []
  const unseen = new Map<BuildKey, BuildwatchdError>()
  let failures = 0
  let failure: BuildwatchdError | undefined
  for (const [place, build] of byId.entries()) {
    if (failure === undefined && place > 0 && !(await means.hooks.mayAsk())) break
    const answer = failure ?? (await readOrFail(build, ways, means))
    if (!(answer instanceof BuildwatchdError)) {
      read.push(answer)
      continue
    }
    unseen.set(buildKey(build), answer)
    if (isAbsence(answer)) continue
    failures += 1
    if (failures === MOST_FAILURES || !OF_ONE.has(answer.code)) failure = answer
  }
  return { read, unseen }
}

async function readOrFail(
  ref: Snapshot['ref'],
  ways: Ways,
  means: LookMeans,
): Promise<Snapshot | BuildwatchdError> {
  try {
    return await readOne(ref, ways, means)
  } catch (error) {
    if (error instanceof BuildwatchdError) return error
    throw error
  }
}

/** The build, or why there is none to see. */
async function readOne(
  ref: Snapshot['ref'],
  ways: Ways,
  { source, hooks }: LookMeans,
): Promise<Snapshot | BuildwatchdError> {
  if (ways.lacks !== undefined) return hidden(ways.lacks)
  try {
    return await source.get(ref, hooks)
  } catch (error) {
    if (error instanceof ApiError && error.code === 'API_NOT_FOUND') return error
    if (!isForbidden(error)) throw error
    if (!ways.mayList) throw ways.listForbidden ?? error
    ways.lacks = permissionOf(error)
    const listed = await source.list(ref, { ...hooks, wantsMore: (seen) => !seen.some(isIt(ref)) })
    return listed.snapshots.find(isIt(ref)) ?? hidden(ways.lacks)
  }
}

function isIt(ref: Snapshot['ref']): (snapshot: Snapshot) => boolean {
  return (snapshot) => buildKey(snapshot.ref) === buildKey(ref)
}

/** It may be there and older than the list goes, or not be there at all. */
function hidden(lacks: string): ApiError {
  const message = `the list does not show the build, and the token may not read it by id; check the build, or give the token's role the permission "${lacks}"`
  return new ApiError('API_NOT_FOUND', message, { retryable: true, permission: lacks })
}
