/** The hash of a target: what is asked, and how its polling stands. */
import type { Claim } from '../domain/cadence.js'
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
  'claim',
  'watchedSince',
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

type Stored = string | null | undefined

function pacingOf(values: readonly Stored[]): Pacing {
  const [polls, errors, nextProbeAt, answeredAt, failure, lacks, readAt, why, claim, watchedSince] = values
  return {
    polls: Number(polls ?? 0),
    errors: Number(errors ?? 0),
    ...numbers({ nextProbeAt, answeredAt, watchedSince }),
    ...(failure ? { failure } : {}),
    ...(lacks ? { lacks } : {}),
    ...(readAt ? { readAt: JSON.parse(readAt) } : {}),
    ...claimIn(claim),
    ...reasonOf(why),
  }
}

function numbers(stored: Readonly<Record<'nextProbeAt' | 'answeredAt' | 'watchedSince', Stored>>) {
  const known = Object.entries(stored).flatMap(([name, text]) =>
    text ? [[name, Number(text)] as const] : [],
  )
  return Object.fromEntries(known)
}

/** A newer replica may have had a reason that is not known here. */
function reasonOf(word: Stored): Pick<Pacing, 'why'> {
  const why = PROBE_REASONS.find((reason) => reason === word)
  return why ? { why } : {}
}

function claimIn(text: Stored): Pick<Pacing, 'claim'> {
  const claim = storedClaim(text)
  return claim ? { claim } : {}
}

/** `undefined` too where it is not whole, as another version may have left it: the next answer makes it anew. */
export function storedClaim(text: Stored): Claim | undefined {
  if (!text) return undefined
  try {
    const claim = JSON.parse(text)
    return [claim.appetite, claim.fixedPerS, claim.urgency, claim.active].every(Number.isFinite)
      ? claim
      : undefined
  } catch {
    return undefined
  }
}

/** Field, value, field, value …; '' for what is not known. */
export function pacingFields(pacing: Pacing): (string | number)[] {
  const { polls, errors, nextProbeAt = '', answeredAt = '', failure = '', lacks = '', why = '' } = pacing
  const { watchedSince = '' } = pacing
  const readAt = pacing.readAt === undefined ? '' : JSON.stringify(pacing.readAt)
  const claim = pacing.claim === undefined ? '' : JSON.stringify(pacing.claim)
  const fields = { polls, errors, nextProbeAt, answeredAt, failure, lacks, readAt, why, claim, watchedSince }
  return Object.entries(fields).flat()
}
