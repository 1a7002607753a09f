export interface EndedBuild {
  readonly durationMs: number
  readonly succeeded: boolean
}

/** Fewer say nothing of what is usual. */
const LEAST = 3

/**
 * The median of what builds took, ms: of those that succeeded, for failures end early; of all where too few of them did.
 * `undefined` where too few are known.
 */
export function usualDurationMs(ended: readonly EndedBuild[]): number | undefined {
  const good = ended.filter(({ succeeded }) => succeeded)
  const counted = (good.length >= LEAST ? good : ended)
    .map(({ durationMs }) => durationMs)
    .sort((a, b) => a - b)
  if (counted.length < LEAST) return undefined
  const [low = 0, high = 0] = [counted[(counted.length - 1) >> 1], counted[counted.length >> 1]]
  return Math.round((low + high) / 2)
}
