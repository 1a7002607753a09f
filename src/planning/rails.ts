/**
 * The bounds of a pause, and its jitter. What a person has set bounds everything; inside of it the strategy's own rails hold:
 * two seconds at least, and at most 30 s or eight even steps while a build is under way, the market's idle step while none is.
 */
import type { PollingRails } from '../domain/target.js'
import type { Market } from './shaped-hazard.js'

/** `overdue` polls are those of builds far older than all history. */
export type StepReason = 'plan' | 'square-root' | 'shortest-step' | 'longest-step' | 'idle'

export interface Pause {
  readonly inMs: number
  readonly why: StepReason
  /** A longer pause was wanted than a person allows. */
  readonly isFixed: boolean
}

/** Where a person has set them. */
export type OuterRails = Partial<Pick<PollingRails, 'minIntervalMs' | 'maxIntervalMs'>>

export interface RailFacts {
  readonly rails: OuterRails
  readonly market: Market
  readonly idle: boolean
  /** Age of the youngest build that is followed, in seconds; 0 where none is. */
  readonly youngestS: number
  readonly random: number
}

const SHORTEST_MS = 2000
const LEAST_LONGEST_S = 30
const LONGEST_IN_EVEN_STEPS = 8
const LOOSE_JITTER = 0.1
const PLANNED_JITTER_MS = 1000

export function withinRails(step: { inS: number; why: 'plan' | 'square-root' }, facts: RailFacts): Pause {
  const [shortest, longest] = bounds(facts)
  const wanted = step.inS * 1000
  const why = reasonOf(wanted, { shortest, longest, idle: facts.idle, planned: step.why })
  const held = Math.min(Math.max(wanted, shortest), longest)
  const spread = why === step.why ? Math.min(PLANNED_JITTER_MS, held * LOOSE_JITTER) : held * LOOSE_JITTER
  const jittered = held + spread * (2 * facts.random - 1)
  const isFixed = wanted > longest && longest < ownLongestMs(facts)
  return { inMs: Math.round(Math.min(Math.max(jittered, shortest), longest)), why, isFixed }
}

function bounds(facts: RailFacts): [shortest: number, longest: number] {
  const { rails } = facts
  const own = ownLongestMs(facts)
  const longest = rails.maxIntervalMs ?? own
  const shortest = Math.min(rails.minIntervalMs ?? SHORTEST_MS, longest)
  return [shortest, Math.max(shortest, Math.min(longest, own))]
}

/** Of the strategy itself. A build that has run for more than a day may take its time: a hundredth of what is beyond that. */
function ownLongestMs({ market, idle, youngestS }: RailFacts): number {
  const evenly = idle ? market.idleStepS : Math.max(LEAST_LONGEST_S, LONGEST_IN_EVEN_STEPS * market.evenStepS)
  return 1000 * Math.max(evenly, patientS(youngestS))
}

const DAY_S = 86_400

/** So long nobody needs to ask, whatever the plan: builds that never end must not cost as much as others for ever. */
export function patientS(youngestS: number): number {
  return Math.max(0, youngestS - DAY_S) / 100
}

function reasonOf(
  wanted: number,
  {
    shortest,
    longest,
    idle,
    planned,
  }: { shortest: number; longest: number; idle: boolean; planned: 'plan' | 'square-root' },
): StepReason {
  if (idle) return 'idle'
  if (wanted < shortest) return 'shortest-step'
  return wanted > longest ? 'longest-step' : planned
}
