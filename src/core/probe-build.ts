import { buildKey } from '../domain/build.js'
import type { Snapshot } from '../domain/snapshot.js'
import type { BuildTarget } from '../domain/target.js'
import { MOST_PAGES } from './read-back.js'
import {
  hiddenBuild,
  isForbidden,
  type Postponed,
  type ProbeMeans,
  permissionOf,
  type Sighting,
} from './sighting.js'

/** By id, and where the token may not do that, through the list, which takes another right. */
export async function probeBuild(target: BuildTarget, means: ProbeMeans): Promise<Sighting | Postponed> {
  const { source, leave, rights } = means
  const { account, ref } = target
  const lacks = rights.lacking(account, ref)
  if (lacks !== undefined) return findInList(target, lacks, means)
  try {
    return { kind: 'seen', snapshots: [await source.get(ref, leave)], unseen: [] }
  } catch (error) {
    if (!isForbidden(error)) throw error
    rights.refused(account, ref, permissionOf(error))
    return (await leave.mayAsk()) ? findInList(target, permissionOf(error), means) : { kind: 'postponed' }
  }
}

/** A list that was cut short says nothing of what it has not shown. */
async function findInList(
  { ref }: BuildTarget,
  lacks: string,
  { source, leave }: ProbeMeans,
): Promise<Sighting | Postponed> {
  const key = buildKey(ref)
  const isIt = (snapshot: Snapshot): boolean => buildKey(snapshot.ref) === key
  let pages = 0
  const wantsMore = (seen: readonly Snapshot[]): boolean => {
    pages += 1
    return pages < MOST_PAGES && !seen.some(isIt)
  }
  const { snapshots, end } = await source.list(ref, { ...leave, wantsMore })
  const found = snapshots.find(isIt)
  if (found) return { kind: 'seen', snapshots: [found], unseen: [], lacks }
  if (end === 'cut') return { kind: 'postponed' }
  throw hiddenBuild(lacks)
}
