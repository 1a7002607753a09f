/**
 * The ages at which a build may be asked for, in seconds: 0, then 4 s to 3 days, each 1 % above the one before. One grid
 * for all builds, so that distributions and plans are plain arrays over its cells. Cell k reaches from AGES_S[k] to
 * AGES_S[k + 1]; the last one has no end.
 */

const FIRST_AGE_S = 4
const LAST_AGE_S = 3 * 86_400
const RATIO = 1.01

/** ln of the ratio between two ages: the width of a cell in ln age. */
export const CELL_LN = Math.log(RATIO)

export const CELLS = 2 + Math.floor(Math.log(LAST_AGE_S / FIRST_AGE_S) / CELL_LN)

export const AGES_S: Float64Array = Float64Array.from({ length: CELLS }, (_, cell) =>
  cell === 0 ? 0 : FIRST_AGE_S * RATIO ** (cell - 1),
)

/** ln of AGES_S; that of cell 0 lies one width below the next, for kernels only. */
export const LN_AGES: Float64Array = Float64Array.from(
  { length: CELLS },
  (_, cell) => Math.log(FIRST_AGE_S) + (cell - 1) * CELL_LN,
)

/** The cell in which an age lies, in seconds. */
export function cellOf(ageS: number): number {
  if (!(ageS >= FIRST_AGE_S)) return 0
  // The logarithm may round a grid age just below itself.
  return Math.min(CELLS - 1, 1 + Math.floor(Math.log(ageS / FIRST_AGE_S) / CELL_LN + 1e-9))
}

/** A value of an array over the cells; 0 outside of it. */
export function at(values: Float64Array, cell: number): number {
  return values[cell] ?? 0
}
