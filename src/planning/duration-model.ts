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
import { normalAbove } from './normal.js'
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

function addKernels(survival: Float64Array, sample: WeightedSample, share: number): void {
  const width = bandwidth(sample)
  const reach = Math.ceil((KERNEL_REACH * width) / CELL_LN)
  const kernel = kernelMasses(width, reach)
  const mass = new Float64Array(CELLS)
  sample.ln.forEach((ln, index) => {
    const weight = share * (sample.weights[index] ?? 0)
    const centre = Math.floor((ln - at(LN_AGES, 0)) / CELL_LN)
    for (let offset = -reach; offset <= reach; offset += 1) {
      const cell = Math.min(Math.max(centre + offset, 0), CELLS - 1)
      mass[cell] = at(mass, cell) + weight * at(kernel, offset + reach)
    }
  })
  let above = 0
  for (let cell = CELLS - 1; cell >= 0; cell -= 1) {
    above += at(mass, cell)
    survival[cell] = at(survival, cell) + above
  }
}

/** The share of one kernel, centred in its cell, that falls into each cell within reach. */
function kernelMasses(width: number, reach: number): Float64Array {
  const cellZ = CELL_LN / width
  const masses = Float64Array.from({ length: 2 * reach + 1 }, (_, index) => {
    const z = (index - reach - 0.5) * cellZ
    return normalAbove(z) - normalAbove(z + cellZ)
  })
  const total = masses.reduce((sum, value) => sum + value, 0)
  return masses.map((value) => value / total)
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
  const medianS = Math.exp(medianLn)
  for (let cell = 1; cell < CELLS; cell += 1) {
    const ln = at(LN_AGES, cell)
    const above =
      NEAR * normalAbove((ln - near.mean) / near.sd) +
      FAR / (1 + at(AGES_S, cell) / medianS) +
      ACCOUNT * normalAbove((ln - account.mean) / account.sd)
    survival[cell] = at(survival, cell) + surprise * above
  }
}
