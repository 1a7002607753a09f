import { type ResourceRef, resourceKey } from '../domain/build.js'
import { isPullRequest } from '../domain/build-filter.js'
import type { ApiBuild } from '../domain/snapshot.js'

/** Which build of a job or service is meant where none is named: the newest that is all of this. */
export interface BuildChoice {
  /** Its name, no pattern. A pull request is none of its branch's builds: whose fork it comes from, it may call that branch `main`. */
  readonly branch?: string
  /** A commit, or how its name begins. */
  readonly commit?: string
  readonly pullRequest?: string
  /** Created then or later; what the API gives no time for is not. Epoch ms. */
  readonly sinceAt?: number
}

interface Dated {
  readonly build: ApiBuild
  /** Epoch ms, where the API tells. */
  readonly createdAt?: number
}

export function fitsChoice(choice: BuildChoice, { build, createdAt }: Dated): boolean {
  const { branch, commit, pullRequest, sinceAt } = choice
  return (
    (branch === undefined || isOfBranch(build, branch, pullRequest !== undefined)) &&
    (commit === undefined || isOfCommit(build, commit)) &&
    (pullRequest === undefined || isOfPullRequest(build, pullRequest)) &&
    (sinceAt === undefined || (createdAt !== undefined && createdAt >= sinceAt))
  )
}

function isOfBranch(build: ApiBuild, branch: string, mayBePullRequest: boolean): boolean {
  return build.branch === branch && (mayBePullRequest || !isPullRequest(build))
}

/** `null` and `undefined` are what a script writes that has no number: they must not choose the builds of none. */
function isOfPullRequest({ pullRequestId }: ApiBuild, wanted: string): boolean {
  return pullRequestId !== undefined && pullRequestId !== null && String(pullRequestId) === wanted
}

function isOfCommit({ sha = '' }: ApiBuild, commit: string): boolean {
  return sha.toLowerCase().startsWith(commit.toLowerCase())
}

/**
 * By creation, for nobody documents the order of a list. One without a time counts as no older than those that stand behind it:
 * were it left out, the outcome of the build before would be told as that of the newest.
 */
export function newestOf<Build extends Dated>(
  seen: readonly Build[],
  choice: BuildChoice,
): Build | undefined {
  let newest: { readonly build: Build; readonly at: number } | undefined
  for (const build of seen.filter((each) => fitsChoice(choice, each)).toReversed()) {
    const least: number = newest?.at ?? Number.NEGATIVE_INFINITY
    const at = build.createdAt ?? least
    if (at >= least) newest = { build, at }
  }
  return newest?.build
}

/** Everything that is created from now on comes before what the list has shown: no older page can hold a newer build. */
export function reachesBeyond({ sinceAt }: BuildChoice, seen: readonly Dated[]): boolean {
  return sinceAt !== undefined && seen.some(({ createdAt }) => createdAt !== undefined && createdAt < sinceAt)
}

/** `the newest build of shop/jobs/nightly on main`: what is followed, while it has no key yet. */
export function choiceWords(ref: ResourceRef, { branch, commit, pullRequest, sinceAt }: BuildChoice): string {
  return [
    `the newest build of ${resourceKey(ref)}`,
    branch === undefined ? '' : `on ${branch}`,
    commit === undefined ? '' : `of commit ${commit}`,
    pullRequest === undefined ? '' : `of pull request ${pullRequest}`,
    sinceAt === undefined ? '' : `since ${new Date(sinceAt).toISOString()}`,
  ]
    .filter(Boolean)
    .join(' ')
}
