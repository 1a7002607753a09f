import type { BuildKey } from '../domain/build.js'

/**
 * When this process last saw the builds of feeds running, epoch ms. A build that was seen so has ended since, whatever instants
 * it names: that must hold too when Redis has lost its record.
 */
export interface SeenRunning {
  at(build: BuildKey): number | undefined
  note(build: BuildKey, at: number): void
  forget(build: BuildKey): void
}

/** Builds; those that were not seen for longest go first. */
const MOST = 20_000

export function createSeenRunning(): SeenRunning {
  const seen = new Map<BuildKey, number>()
  return {
    at: (build) => seen.get(build),
    note(build, at) {
      seen.delete(build)
      seen.set(build, at)
      const [longestUnseen] = seen.keys()
      if (seen.size > MOST && longestUnseen !== undefined) seen.delete(longestUnseen)
    },
    forget: (build) => void seen.delete(build),
  }
}
