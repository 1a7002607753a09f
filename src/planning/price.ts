/**
 * The price of a request, in seconds of latency: one number per account, moved so that the spend fits the budget. By the
 * square-root rule a target that is polled with rate r at price p would be polled with r·sqrt(p/p′) at p′; its *appetite*
 * r·sqrt(p) does not depend on the price. So the price at which all plans together spend the affordable rate R has a closed
 * form, (Σ appetite / R)², whatever the number of targets. Rules that the appetite does not know (rails, programmes with few polls) make
 * it an approximation, which each round corrects. The governor's bucket lends against bursts: the price is lower while it is full.
 */
import { affordablePerS, type BudgetFacts } from './budget-facts.js'
import type { Market } from './shaped-hazard.js'

/** Shared by all replicas, as JSON. */
export interface PriceState extends Market {
  /** Smoothed sum of appetites. */
  readonly appetite: number
  /** Epoch ms of the round that set it. */
  readonly at: number
  readonly rounds: number
}

export interface Demand {
  /** Σ of the appetites of the latest plans of all targets. */
  readonly appetite: number
  /** Requests a second of those that a person's rails have asked at any price. */
  readonly fixedPerS: number
  /** Targets with a build under way. */
  readonly active: number
  /** Feeds without. */
  readonly idle: number
  /** How full the governor's bucket is, 0 to 1. */
  readonly bucket: number
}

/** Before the first round: so low that a few first builds are looked at closely. The bucket bounds what it may cost. */
export const FIRST_PRICE: PriceState = {
  priceS: 3,
  evenStepS: 10,
  idleStepS: 60,
  appetite: 0,
  at: 0,
  rounds: 0,
}

export const PRICE_ROUND_MS = 30_000

const SMOOTHING_MS = 120_000
const BUCKET_PULL = 1
const LONGEST_IDLE_S = 900
const [CHEAPEST_S, DEAREST_S] = [0.001, 100_000]

/** One round; call it every PRICE_ROUND_MS, when a window begins, and when the governor delays. */
export function nextPrice(
  before: PriceState,
  { demand, budget, now }: { demand: Demand; budget: BudgetFacts; now: number },
): PriceState {
  const rate = elasticPerS(affordablePerS(budget), demand)
  const sinceMs = Math.max(0, now - before.at)
  const weight = Math.max(1 / (before.rounds + 1), 1 - Math.exp(-sinceMs / SMOOTHING_MS))
  const appetite = before.appetite + weight * (Math.max(0, demand.appetite) - before.appetite)
  const fitting = (appetite / rate) ** 2 * Math.exp(BUCKET_PULL * (0.5 - demand.bucket))
  return {
    priceS: Math.min(Math.max(fitting, CHEAPEST_S), DEAREST_S),
    evenStepS: Math.max(1, demand.active / rate),
    idleStepS: idleStepS((demand.active + demand.idle) / rate),
    appetite,
    at: now,
    rounds: before.rounds + 1,
  }
}

const LEAST_ELASTIC = 0.05

/** What is left to those whom the price can move; never so little that rails of some watches would silence all others. */
function elasticPerS(affordable: number, { fixedPerS }: Demand): number {
  return Math.max(LEAST_ELASTIC * affordable, affordable - fixedPerS)
}

/** A quarter of what going round evenly would cost, every 15 minutes at least, and never more than half of the budget. */
function idleStepS(roundS: number): number {
  return Math.max(30, Math.min(LONGEST_IDLE_S, 4 * roundS), 2 * roundS)
}

/** What a target that comes back in `inS` at the price it was told adds to the demand. */
export function appetiteOf(inS: number, priceS: number): number {
  return Math.sqrt(priceS) / inS
}

/** Of the price, in ln: levels are 12 % apart, and plans are kept per level. */
export const PRICE_LEVEL = Math.log(1.12)

/** Of what plans depend on but little: 40 % apart. */
export const COARSE_LEVEL = 3 * PRICE_LEVEL

/** The number of the nearest level. */
export function levelOf(value: number, widthLn: number): number {
  return Math.round(Math.log(value) / widthLn)
}

export function valueOf(level: number, widthLn: number): number {
  return Math.exp(level * widthLn)
}
