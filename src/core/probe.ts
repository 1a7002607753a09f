import type { BuildwatchdError } from '../domain/errors.js'
import type { Target } from '../domain/target.js'
import { probeBuild } from './probe-build.js'
import { probeFeed } from './probe-feed.js'
import type { AskedFeed } from './read-back.js'
import { isProbeFailure, type Postponed, type ProbeMeans, type Sighting } from './sighting.js'

export interface Asked extends Omit<AskedFeed, 'target'> {
  readonly target: Target
}

export type ProbeAnswer = Sighting | Postponed | { readonly kind: 'failed'; readonly error: BuildwatchdError }

/** One probe of one target: what it shows, or why nothing could be seen. */
export async function probe({ target, ...asked }: Asked, means: ProbeMeans): Promise<ProbeAnswer> {
  try {
    return target.kind === 'feed'
      ? await probeFeed({ target, ...asked }, means)
      : await probeBuild(target, means)
  } catch (error) {
    if (isProbeFailure(error)) return { kind: 'failed', error }
    throw error
  }
}
