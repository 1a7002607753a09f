/** ln of the durations of a job, newest first, each older one worth 7 % less; and what its spread looks like. */
export interface WeightedSample {
  readonly ln: readonly number[]
  readonly weights: readonly number[]
  /** Kish's effective size (Σw)²/Σw². */
  readonly size: number
  readonly medianLn: number
  /**
   * The smaller of the standard deviation and IQR/1.349 (neither a rare outlier nor a second peak may widen the kernels),
   * as if one build more had been seen to lie 0.3 off: a few equal durations are no proof that all will be.
   */
  readonly spread: number
}

const [USUAL_SPREAD, USUAL_BUILDS] = [0.3, 1]

const FADING = 0.93
const LONGEST_HISTORY = 100
const SHORTEST_S = 1

const FADED: readonly number[] = Array.from({ length: LONGEST_HISTORY }, (_, age) => FADING ** age)

export function weightedSample(durationsS: readonly number[]): WeightedSample | undefined {
  const ln: number[] = []
  for (const seconds of durationsS) {
    if (ln.length === LONGEST_HISTORY) break
    if (Number.isFinite(seconds)) ln.push(Math.log(Math.max(SHORTEST_S, seconds)))
  }
  if (ln.length === 0) return undefined
  const { total, squares, variance } = moments(ln)
  const quantile = quantiles(ln, total)
  const size = total ** 2 / squares
  const seen = Math.min(Math.sqrt(variance), (quantile(0.75) - quantile(0.25)) / 1.349)
  const spread = Math.sqrt((size * seen ** 2 + USUAL_BUILDS * USUAL_SPREAD ** 2) / (size + USUAL_BUILDS))
  const weights = ln.map((_, age) => weightOf(age) / total)
  return { ln, weights, size, medianLn: quantile(0.5), spread }
}

function weightOf(age: number): number {
  return FADED[age] ?? 0
}

function moments(ln: readonly number[]): { total: number; squares: number; variance: number } {
  const centre = ln[0] ?? 0
  let total = 0
  let squares = 0
  let first = 0
  let second = 0
  for (let age = 0; age < ln.length; age += 1) {
    const weight = weightOf(age)
    const off = (ln[age] ?? 0) - centre
    total += weight
    squares += weight * weight
    first += weight * off
    second += weight * off * off
  }
  const mean = first / total
  return { total, squares, variance: Math.max(0, second / total - mean ** 2) }
}

function quantiles(ln: readonly number[], total: number): (share: number) => number {
  const order = agesByLength(ln)
  return (share) => {
    const wanted = share * total
    let below = 0
    for (let rank = 0; rank < order.length; rank += 1) {
      const age = order[rank] ?? 0
      below += weightOf(age)
      if (below >= wanted) return ln[age] ?? 0
    }
    return ln[order.at(-1) ?? 0] ?? 0
  }
}

/** By insertion, which for a hundred numbers takes a fraction of what a sort with a comparing function does. */
function agesByLength(ln: readonly number[]): Uint8Array {
  const order = new Uint8Array(ln.length)
  for (let age = 1; age < ln.length; age += 1) {
    const value = ln[age] ?? 0
    let rank = age
    for (; rank > 0 && (ln[order[rank - 1] ?? 0] ?? 0) > value; rank -= 1) order[rank] = order[rank - 1] ?? 0
    order[rank] = age
  }
  return order
}
