/**
 * A build far beyond everything its job has ever taken, or one that finds no place to run for long. It may still end well,
 * so it is told once and watched on.
 */

export type StuckReason = 'overdue' | 'unschedulable'

/** When a build counts as stuck. */
export interface StuckRules {
  /** So many times the longest duration known of its job or service. */
  readonly factor: number
  /** But never sooner than this, whatever its job takes. */
  readonly atLeastMs: number
  /** UNSCHEDULABLE for so long. */
  readonly unschedulableMs: number
}

export const STUCK_RULES: StuckRules = { factor: 3, atLeastMs: 5 * 60_000, unschedulableMs: 10 * 60_000 }

/** Of fewer builds nobody can say what is usual. */
const LEAST_KNOWN = 3

export interface RunningBuild {
  /** Since its creation, or since it was first seen. */
  readonly ageMs: number
  readonly status: string | undefined
  readonly inStatusMs: number
  /** Of its job or service. */
  readonly durations: { readonly count: number; readonly longestMs: number }
}

export function stuckBecause(
  { ageMs, status, inStatusMs, durations }: RunningBuild,
  rules: StuckRules,
): StuckReason | undefined {
  if (status === 'UNSCHEDULABLE' && inStatusMs >= rules.unschedulableMs) return 'unschedulable'
  const limitMs = Math.max(rules.factor * durations.longestMs, rules.atLeastMs)
  return durations.count >= LEAST_KNOWN && ageMs >= limitMs ? 'overdue' : undefined
}
