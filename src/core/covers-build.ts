/** Whether what a daemon watches shows somebody else's build too, with what it has left of it. Pure. */
import { matchesBranch } from '../domain/build-filter.js'
import type { WatchedTarget } from '../domain/ports.js'
import type { FeedTarget, Interest } from '../domain/target.js'
import type { RecordedBuild } from '../domain/transition.js'
import type { BuildChoice } from './choose-build.js'
import type { Wanted } from './followed-build.js'

export type Coverage =
  | { readonly kind: 'covered' }
  /** `because` follows the name of what is wanted. */
  | { readonly kind: 'not_covered'; readonly because: string }

export interface Standing {
  /** Of the build itself, and of its job or service. */
  readonly targets: readonly WatchedTarget[]
  /** The build that is named, or the newest known that was meant; absent where there is none. */
  readonly recorded?: RecordedBuild
  /** The daemon goes on with it: one that no watch wants any more, or that was given up, stays on record for a while. */
  readonly isFollowed: boolean
  /** What keeps the daemon from seeing this one build. */
  readonly trouble?: string
}

const COVERED: Coverage = { kind: 'covered' }

export function coverageOf(wanted: Wanted, standing: Standing): Coverage {
  const { targets, recorded } = standing
  if (wanted.kind === 'named' && recorded?.concluded) return COVERED
  if (targets.length === 0) return notCovered('is wanted by no watch of the daemon')
  const trouble = standing.trouble ?? targets.map(({ pacing }) => pacing.failure).find(isTrouble)
  if (trouble !== undefined) return notCovered(`cannot be seen by the daemon at present (${trouble})`)
  return wanted.kind === 'named'
    ? namedCoverage(wanted.ref.build, standing)
    : choiceCoverage(wanted.choice, standing)
}

/** A daemon that has been sent away waits, and so would whoever asked in its place: on the same account. */
function isTrouble(failure: string | undefined): boolean {
  return failure !== undefined && failure !== 'API_THROTTLED'
}

function namedCoverage(build: string, { targets, recorded, isFollowed }: Standing): Coverage {
  const isNamed = targets.some(
    ({ target }) => target.kind === 'build' || target.named.some((each) => each.build === build),
  )
  if (isNamed || isFollowed) return COVERED
  const isOnRecord = recorded !== undefined && recorded.seq > 0
  return notCovered(
    isOnRecord ? 'is followed by no watch of the daemon any more' : 'has not been seen by the daemon yet',
  )
}

/**
 * A daemon sees a new build when it next looks, which may be minutes later while nothing is under way: its newest may not be the
 * newest. One that is under way, or was asked for by what only new ones have, is taken for it.
 */
function choiceCoverage(choice: BuildChoice, { targets, recorded }: Standing): Coverage {
  const isWanted = interestsOf(targets).some(
    (interest) => isAlwaysOpen(interest) && takesChoice(interest, choice),
  )
  if (!isWanted) return notCovered('may be one that the watch of the daemon does not want')
  if (recorded === undefined) return notCovered('has not been seen by the daemon yet')
  const isPinned = choice.commit !== undefined || choice.sinceAt !== undefined
  if (recorded.concluded && !isPinned) return notCovered('may be newer than what the daemon has seen')
  return COVERED
}

function notCovered(because: string): Coverage {
  return { kind: 'not_covered', because }
}

function interestsOf(targets: readonly WatchedTarget[]): Interest[] {
  return targets
    .map(({ target }) => target)
    .filter((target): target is FeedTarget => target.kind === 'feed')
    .flatMap(({ interests }) => interests)
}

/** Outside its windows it takes up nothing new. */
function isAlwaysOpen({ windows }: Interest): boolean {
  return windows.length === 0
}

function takesAll({ filter }: Interest): boolean {
  return filter.branches.length === 0 && filter.pullRequests === 'with'
}

function takesChoice(interest: Interest, { branch, pullRequest }: BuildChoice): boolean {
  if (takesAll(interest)) return true
  const { branches, pullRequests } = interest.filter
  // A build that is meant by its branch alone is no pull request's.
  const takesKind = pullRequest === undefined ? pullRequests !== 'only' : pullRequests === 'with'
  return takesKind && branch !== undefined && matchesBranch(branches, branch)
}
