/**
 * The builds of one job or service on one branch, one after the other: a line. A pull request is a line of its own, and so
 * are the builds without a branch. What the end of a build means for its line is worked out where it is recorded
 * (`store/lua/record.lua`), against the line's head; this file holds the words.
 */
import { encodeSegment } from './build.js'
import { isPullRequest } from './build-filter.js'
import type { Outcome } from './outcome.js'
import type { ApiBuild } from './snapshot.js'

/** What a terminal transition means for its line. */
export const VERDICTS = [
  'first_passed',
  'first_failed',
  'broke',
  'still_failing',
  'fixed',
  'still_passing',
] as const
export type Verdict = (typeof VERDICTS)[number]

/** Name of the build's line within its job or service: `branch/<branch, encoded>`, `pr/<id>` or `no-branch`. */
export function lineOf(build: ApiBuild): string {
  if (isPullRequest(build)) return `pr/${encodeSegment(String(build.pullRequestId))}`
  return build.branch ? `branch/${encodeSegment(build.branch)}` : 'no-branch'
}

/** A line's name as people know it: the branch, the pull request, or that there is none. Foreign text. */
export function lineWords(line: string): string {
  const [, kind, name = ''] = /^(branch|pr)\/(.*)$/.exec(line) ?? []
  if (kind === undefined) return line === 'no-branch' ? '(no branch)' : line
  return kind === 'pr' ? `pull request ${decoded(name)}` : decoded(name)
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

/** What an outcome says of the line; `undefined` for those that a line looks through: aborted and unknown. */
export function resultOf(outcome: Outcome): 'passed' | 'failed' | undefined {
  if (outcome === 'success') return 'passed'
  return outcome === 'aborted' || outcome === 'unknown' ? undefined : 'failed'
}

/** The newest build of a line that passed or failed, and the row of equal results that it ends. */
export interface LineHead {
  readonly build: string
  readonly createdAt: number
  readonly result: 'passed' | 'failed'
  readonly outcome: Outcome
  /** Builds in a row with this result. */
  readonly consecutive: number
  /** Epoch ms of the first of the row. */
  readonly sinceAt: number
  /** Id of the first of the failures of this row, or of the one before that this row's first build ended. */
  readonly firstFailedBuild?: string
  readonly firstFailedSha?: string
}
