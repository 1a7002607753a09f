/** Which builds a watch means, and which line a build belongs to: the rules of the reference, told once more. */
import type { BuildTruth, WatchTruth } from './history.js'

export function resourceOf(build: string): string {
  return build.slice(0, build.lastIndexOf('/'))
}

export function isMeantBy(
  watch: WatchTruth,
  build: Pick<BuildTruth, 'key' | 'branch' | 'pullRequestId'>,
): boolean {
  if (watch.build !== undefined) return watch.build === build.key
  if (watch.resource !== resourceOf(build.key)) return false
  const isPullRequest = build.pullRequestId !== undefined
  if (watch.pullRequests !== 'with' && isPullRequest !== (watch.pullRequests === 'only')) return false
  return isBranchMeant(watch.branches, build.branch)
}

/** The last glob that matches decides. */
function isBranchMeant(globs: readonly string[], branch: string | undefined): boolean {
  const byDefault = globs.length === 0 || globs[0]?.startsWith('!') === true
  const deciding = branch === undefined ? undefined : globs.findLast((glob) => patternOf(glob).test(branch))
  return deciding === undefined ? byDefault : !deciding.startsWith('!')
}

const MEANINGS: Readonly<Record<string, string>> = { '**': '[^]*', '*': '[^/]*', '?': '[^/]' }

function patternOf(glob: string): RegExp {
  const source = glob
    .replace(/^!/, '')
    .replace(/\*\*|[^]/gu, (part) => MEANINGS[part] ?? part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${source}$`, 'u')
}

/** Name of the line within its job or service; a pull request is a line of its own. */
export function lineOf({ branch, pullRequestId }: Pick<BuildTruth, 'branch' | 'pullRequestId'>): string {
  if (pullRequestId !== undefined) return `pr/${pullRequestId}`
  if (branch === undefined || branch === '') return 'no-branch'
  const encoded = encodeURIComponent(branch).replaceAll('*', '%2A')
  return `branch/${/^\.\.?$/.test(encoded) ? encoded.replaceAll('.', '%2E') : encoded}`
}
