import { describe, expect, it } from '@jest/globals'
import { FRESH_PRIOR } from '../../../src/planning/account-prior.js'
import { durationModel } from '../../../src/planning/duration-model.js'
import { usualCourse } from '../../../src/planning/usual-course.js'

const MINUTES = Array.from({ length: 40 }, (_, at) => 540 + 3 * at)
const model = durationModel(MINUTES, FRESH_PRIOR)

describe('beside what is usual', () => {
  it('the median is that of the builds, and nine of ten end some time after it', () => {
    const { medianMs, p90Ms } = usualCourse(model, 0)
    expect(medianMs).toBeGreaterThan(560_000)
    expect(medianMs).toBeLessThan(640_000)
    expect(p90Ms).toBeGreaterThan(medianMs)
  })

  it('progress grows with age and is never whole', () => {
    const shares = [0, 60, 200, 400, 550, 900, 9000, 500_000].map(
      (s) => usualCourse(model, s * 1000).progress,
    )
    expect(shares[0]).toBe(0)
    expect(shares.slice(0, 5)).toEqual(shares.slice(0, 5).sort((a, b) => a - b))
    expect(Math.max(...shares)).toBeLessThan(1)
  })

  it('what is left shrinks, and nobody tells it of a build that has outlived nine of ten', () => {
    const left = [0, 200, 400].map((s) => usualCourse(model, s * 1000).leftMs ?? 0)
    expect(left).toEqual([...left].sort((a, b) => b - a))
    expect(usualCourse(model, 86_400_000).leftMs).toBeUndefined()
  })
})
