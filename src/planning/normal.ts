/**
 * The standard normal distribution from a table: models are rebuilt after every build that ends, with thousands of
 * values each. Linear between steps of 1/128, which is good to 1e-5 where it matters and never negative.
 */

const REACH = 8
const STEPS_PER_UNIT = 128

const COEFFICIENTS: readonly number[] = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
]

const LAST_STEP = 2 * REACH * STEPS_PER_UNIT

const ABOVE: Float64Array = Float64Array.from({ length: LAST_STEP + 1 }, (_, step) =>
  exactlyAbove(step / STEPS_PER_UNIT - REACH),
)

/** P(Z > z). */
export function normalAbove(z: number): number {
  if (!(z < REACH)) return 0
  if (z <= -REACH) return 1
  const place = (z + REACH) * STEPS_PER_UNIT
  const step = Math.floor(place)
  const low = ABOVE[step] ?? 0
  return low + ((ABOVE[step + 1] ?? 0) - low) * (place - step)
}

export interface NormalAlong {
  /** The z of the first place. */
  readonly from: number
  readonly stepZ: number
  readonly share: number
}

/** Adds P(Z > z) at evenly rising z, each times `share`, to `sums`; what is beyond reach takes no look-ups. */
export function addNormalAbove(sums: Float64Array, { from, stepZ, share }: NormalAlong): void {
  const stride = stepZ * STEPS_PER_UNIT
  const start = (from + REACH) * STEPS_PER_UNIT
  const reached = within(-start / stride, sums)
  const left = within((LAST_STEP - start) / stride, sums)
  for (let at = 0; at < reached; at += 1) sums[at] = (sums[at] ?? 0) + share
  for (let at = reached; at < left; at += 1) {
    const place = start + at * stride
    const step = Math.floor(place)
    const low = ABOVE[step] ?? 0
    sums[at] = (sums[at] ?? 0) + share * (low + ((ABOVE[step + 1] ?? 0) - low) * (place - step))
  }
}

function within(place: number, { length }: Float64Array): number {
  return Math.min(Math.max(Math.ceil(place), 0), length)
}

/** Numerical Recipes' rational Chebyshev fit of erfc, relative error below 1.2e-7 everywhere. */
function exactlyAbove(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.5 * x)
  const series = COEFFICIENTS.reduceRight((sum, coefficient) => coefficient + t * sum, 0)
  const tail = 0.5 * t * Math.exp(-x * x + series)
  return z >= 0 ? tail : 1 - tail
}
