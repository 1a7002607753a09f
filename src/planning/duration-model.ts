/**
 * How long builds of one job take, as a survival function over the age grid. A recency-weighted kernel density in
 * ln(duration) says what the job usually does; a mixture of wide components says that it may do something else:
 *
 *   (1 − p)·KDE + p·(0.50·N(median, 0.35) + 0.35·log-logistic(median, shape 1) + 0.15·N(account))
 *
 * with p = max(0.05, 0.5/(n + 0.5)). The log-logistic is the power-law tail S ~ median/t: without it a build that outlives
 * all history would almost never be asked for again. Survival is summed from the far end, never taken as 1 − F, so that
 * it keeps its precision where it is tiny.
 */
import type { AccountPrior } from './account-prior.js'
import { AGES_S, at, CELL_LN, CELLS, LN_AGES } from './age-grid.js'
import { addNormalAbove, normalAbove } from './normal.js'
import { type WeightedSample, weightedSample } from './weighted-sample.js'

export interface DurationModel {
  /** P(duration > AGES_S[cell]); 1 in cell 0, falling, never 0. */
  readonly survival: Float64Array
  readonly medianS: number
  /** The longest duration in the history; undefined without one. */
  readonly longestS: number | undefined
}

const LEAST_SURPRISE = 0.05
const NEAR_SD = 0.35
const [NEAR, FAR, ACCOUNT] = [0.5, 0.35, 0.15]
const KERNEL_REACH = 4

/** @param durationsS newest first, in seconds, whatever the outcome; at most the first 100 count. */
export function durationModel(durationsS: readonly number[], prior: AccountPrior): DurationModel {
  const sample = weightedSample(durationsS)
  const medianLn = sample?.medianLn ?? prior.meanLn
  const surprise = sample ? Math.max(LEAST_SURPRISE, 0.5 / (sample.size + 0.5)) : 1
  const survival = new Float64Array(CELLS)
  if (sample) addKernels(survival, sample, 1 - surprise)
  const near = sample ? { mean: medianLn, sd: NEAR_SD } : { mean: prior.meanLn, sd: accountSd(prior) }
  addTails(survival, { surprise, medianLn, near, account: { mean: prior.meanLn, sd: accountSd(prior) } })
  survival[0] = 1
  return {
    survival,
    medianS: Math.exp(medianLn),
    longestS: sample ? Math.exp(Math.max(...sample.ln)) : undefined,
  }
}

function accountSd({ sdLn }: AccountPrior): number {
  return Math.min(Math.max(sdLn, 0.8), 1.8)
}

/** Silverman's rule at a third of its width: durations have several peaks, which it would smear. */
function bandwidth({ spread, size }: WeightedSample): number {
  return Math.min(Math.max(0.35 * spread * size ** -0.2, 0.04), 0.6)
}

/** All kernels of a job are alike and start with a cell, so builds of one cell share one. */
function addKernels(survival: Float64Array, sample: WeightedSample, share: number): void {
  const width = bandwidth(sample)
  const reach = Math.ceil((KERNEL_REACH * width) / CELL_LN)
  const kernel = kernelMasses(width, reach)
  const weights = weightsByCell(sample)
  // With room on both sides for what reaches beyond the grid.
  const mass = new Float64Array(CELLS + 2 * reach)
  for (let cell = 0; cell < CELLS; cell += 1) {
    const weight = at(weights, cell)
    if (weight > 0) addScaled(mass, kernel, { from: cell, factor: weight * share })
  }
  let above = 0
  for (let place = mass.length - 1; place >= reach; place -= 1) {
    above += at(mass, place)
    const cell = place - reach
    if (cell < CELLS) survival[cell] = at(survival, cell) + above
  }
}

function weightsByCell({ ln, weights }: WeightedSample): Float64Array {
  const byCell = new Float64Array(CELLS)
  for (let age = 0; age < ln.length; age += 1) {
    const cell = Math.floor(((ln[age] ?? 0) - at(LN_AGES, 0)) / CELL_LN)
    const inside = Math.min(Math.max(cell, 0), CELLS - 1)
    byCell[inside] = at(byCell, inside) + (weights[age] ?? 0)
  }
  return byCell
}

function addScaled(
  sums: Float64Array,
  values: Float64Array,
  { from, factor }: { from: number; factor: number },
): void {
  for (let place = 0; place < values.length; place += 1)
    sums[from + place] = at(sums, from + place) + factor * at(values, place)
}

/** The share of one kernel, centred in its cell, that falls into each cell within reach. */
function kernelMasses(width: number, reach: number): Float64Array {
  const masses = new Float64Array(2 * reach + 1)
  const cellZ = CELL_LN / width
  const first = normalAbove((-reach - 0.5) * cellZ)
  const total = first - normalAbove((reach + 0.5) * cellZ)
  let above = first
  for (let place = 0; place < masses.length; place += 1) {
    const next = normalAbove((place - reach + 0.5) * cellZ)
    masses[place] = (above - next) / total
    above = next
  }
  return masses
}

interface Spread {
  readonly mean: number
  readonly sd: number
}

interface Tails {
  readonly surprise: number
  readonly medianLn: number
  readonly near: Spread
  readonly account: Spread
}

function addTails(survival: Float64Array, { surprise, medianLn, near, account }: Tails): void {
  addNormal(survival, near, surprise * NEAR)
  addNormal(survival, account, surprise * ACCOUNT)
  const medianS = Math.exp(medianLn)
  const far = surprise * FAR * medianS
  for (let cell = 1; cell < CELLS; cell += 1)
    survival[cell] = at(survival, cell) + far / (medianS + at(AGES_S, cell))
}

function addNormal(survival: Float64Array, { mean, sd }: Spread, share: number): void {
  addNormalAbove(survival, { from: (at(LN_AGES, 0) - mean) / sd, stepZ: CELL_LN / sd, share })
}
