import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { addNormalAbove, normalAbove } from '../../../src/planning/normal.js'

describe('the normal distribution', () => {
  it('is what tables of it say', () => {
    expect(normalAbove(0)).toBeCloseTo(0.5, 6)
    expect(normalAbove(1.96)).toBeCloseTo(0.025, 5)
    expect(normalAbove(-1)).toBeCloseTo(0.841345, 5)
    expect([normalAbove(9), normalAbove(-9), normalAbove(NaN)]).toEqual([0, 1, 0])
  })

  it('is the same along a row as place by place, beyond its reach too', () => {
    const along = fc.record({
      from: fc.double({ min: -40, max: 12, noNaN: true }),
      stepZ: fc.double({ min: 0.004, max: 0.5, noNaN: true }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    })
    fc.assert(
      fc.property(along, ({ from, stepZ, share }) => {
        const sums = new Float64Array(300).fill(2)
        addNormalAbove(sums, { from, stepZ, share })
        const off = sums.map((sum, at) => Math.abs(sum - 2 - share * normalAbove(from + at * stepZ)))
        expect(Math.max(...off)).toBeLessThan(1e-12)
      }),
    )
  })
})
