import type { ApiBuild } from './snapshot.js'

/** Which builds of a job or service a watch wants. */
export interface BuildFilter {
  /**
   * Globs, the last that matches decides, `!` takes away. `*` stands for any characters but `/`, `**` for any, `?` for one
   * but `/`. Empty: every branch. Where the first takes away, every branch is wanted to begin with.
   */
  readonly branches: readonly string[]
  /** `with` pull requests as any other build, `without` them, or them `only`. */
  readonly pullRequests: 'with' | 'without' | 'only'
}

export const EVERY_BUILD: BuildFilter = { branches: [], pullRequests: 'with' }

/**
 * A build whose branch the API does not tell matches no glob; it is wanted where no branch is asked for, or the first glob
 * takes away. One whose `pullRequestId` is absent, null or 0 is no pull request's.
 */
export function wantsBuild(filter: BuildFilter, build: ApiBuild): boolean {
  if (filter.pullRequests !== 'with' && isPullRequest(build) !== (filter.pullRequests === 'only'))
    return false
  return matchesBranch(filter.branches, build.branch)
}

export function isPullRequest({ pullRequestId }: ApiBuild): boolean {
  return Boolean(pullRequestId)
}

/** {@link BuildFilter.branches} alone. */
export function matchesBranch(globs: readonly string[], branch: string | undefined): boolean {
  const [first] = globs
  let wanted = first === undefined || first.startsWith('!')
  if (branch === undefined) return wanted
  for (const glob of globs) {
    const takesAway = glob.startsWith('!')
    if (matchesGlob(takesAway ? glob.slice(1) : glob, branch)) wanted = !takesAway
  }
  return wanted
}

/**
 * Part by part: `reached` marks the lengths of the text that the parts so far can stand for. So no glob takes more than
 * length × length steps; in place, for a hostile one takes them all.
 */
export function matchesGlob(glob: string, text: string): boolean {
  const characters = Array.from(text)
  const reached = [true, ...characters.map(() => false)]
  for (const part of glob.match(/\*\*|[^]/gu) ?? []) {
    if (part === '**' || part === '*') stretch(reached, part, characters)
    else advance(reached, part, characters)
  }
  return reached.at(-1) === true
}

/** A star stands for nothing, and for one character more than it already does. */
function stretch(reached: boolean[], star: string, characters: readonly string[]): void {
  for (let at = 0; at < characters.length; at++) {
    if (reached[at] === true && (star === '**' || characters[at] !== '/')) reached[at + 1] = true
  }
}

/** Backwards, so that each length is still the one before this part. */
function advance(reached: boolean[], part: string, characters: readonly string[]): void {
  for (let at = characters.length; at > 0; at--) {
    const character = characters[at - 1]
    const fits = part === '?' ? character !== '/' : character === part
    reached[at] = fits && reached[at - 1] === true
  }
  reached[0] = false
}
