/** The hash of a target: what is asked, and how its polling stands. */
import { PROBE_REASONS } from '../domain/probe.js'
import type { Pacing, Target } from '../domain/target.js'

export const TARGET_FIELDS = [
  'target',
  'finished',
  'abandoned',
  'polls',
  'errors',
  'nextProbeAt',
  'answeredAt',
  'failure',
  'lacks',
  'readAt',
  'why',
] as const

export interface StoredTarget {
  readonly target: Target
  readonly pacing: Pacing
  /** Both others are polled no more. */
  readonly state: 'open' | 'finished' | 'abandoned'
}

/** From the values of {@link TARGET_FIELDS}; `undefined` when it is not wanted. */
export function storedTarget(values: readonly (string | null | undefined)[]): StoredTarget | undefined {
  const [target, finished, abandoned, ...pacing] = values
  if (!target) return undefined
  const state = finished ? 'finished' : abandoned ? 'abandoned' : 'open'
  return { target: JSON.parse(target), pacing: pacingOf(pacing), state }
}

function pacingOf(values: readonly (string | null | undefined)[]): Pacing {
  const [polls, errors, nextProbeAt, answeredAt, failure, lacks, readAt, why] = values
  const reason = PROBE_REASONS.find((each) => each === why)
  return {
    polls: Number(polls ?? 0),
    errors: Number(errors ?? 0),
    ...(nextProbeAt ? { nextProbeAt: Number(nextProbeAt) } : {}),
    ...(answeredAt ? { answeredAt: Number(answeredAt) } : {}),
    ...(failure ? { failure } : {}),
    ...(lacks ? { lacks } : {}),
    ...(readAt ? { readAt: JSON.parse(readAt) } : {}),
    ...(reason ? { why: reason } : {}),
  }
}

/** Field, value, field, value …; '' for what is not known. */
export function pacingFields(pacing: Pacing): (string | number)[] {
  const { polls, errors, nextProbeAt = '', answeredAt = '', failure = '', lacks = '', why = '' } = pacing
  const readAt = pacing.readAt === undefined ? '' : JSON.stringify(pacing.readAt)
  return Object.entries({ polls, errors, nextProbeAt, answeredAt, failure, lacks, readAt, why }).flat()
}
