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
  let [total, squares, first, second] = [0, 0, 0, 0]
  ln.forEach((value, age) => {
    const [weight, off] = [weightOf(age), value - centre]
    total += weight
    squares += weight ** 2
    first += weight * off
    second += weight * off ** 2
  })
  const mean = first / total
  return { total, squares, variance: Math.max(0, second / total - mean ** 2) }
}

function quantiles(ln: readonly number[], total: number): (share: number) => number {
  const order = Array.from(ln.keys()).sort((a, b) => (ln[a] ?? 0) - (ln[b] ?? 0))
  return (share) => {
    let below = 0
    for (const age of order) {
      below += weightOf(age) / total
      if (below >= share) return ln[age] ?? 0
    }
    return ln[order.at(-1) ?? 0] ?? 0
  }
}
