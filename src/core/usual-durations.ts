import { FRESH_PRIOR } from '../planning/account-prior.js'
import { durationModel } from '../planning/duration-model.js'
import { type UsualCourse, usualCourse } from '../planning/usual-course.js'

export type { UsualCourse } from '../planning/usual-course.js'

/** Where a build of this age stands, beside what is usual. */
export type Usual = (ageMs: number) => UsualCourse

/** Of fewer nobody can say what is usual. */
export const LEAST_KNOWN = 3

/** @param durationsMs newest first; `undefined` where they are too few. */
export function usualOf(durationsMs: readonly number[]): Usual | undefined {
  if (durationsMs.length < LEAST_KNOWN) return undefined
  const model = durationModel(
    durationsMs.map((ms) => ms / 1000),
    FRESH_PRIOR,
  )
  return (ageMs) => usualCourse(model, ageMs)
}
