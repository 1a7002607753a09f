import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { RecentlyUsed } from '../../../src/planning/recently-used.js'

describe('what was used recently', () => {
  const names = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'), { maxLength: 80 })

  it('holds the half that was used last, and never more than it may', () => {
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 8 }), (used, most) => {
        const values = new RecentlyUsed<string>(most)
        for (const name of used) if (values.get(name) === undefined) values.set(name, name)
        const latest = [...new Set(used.toReversed())].slice(0, Math.floor(most / 2))
        expect(values.size).toBeLessThanOrEqual(most)
        expect(latest.map((name) => values.get(name))).toEqual(latest)
      }),
    )
  })

  it('keeps for good what is asked for again and again', () => {
    const values = new RecentlyUsed<number>(4)
    values.set('usual', 1)
    for (let other = 0; other < 50; other += 1) {
      values.set(`other ${other}`, other)
      expect(values.get('usual')).toBe(1)
    }
    expect(values.get('other 0')).toBeUndefined()
  })

  it('answers with the newest value of a name', () => {
    const values = new RecentlyUsed<number>(4)
    for (const [name, value] of [
      ['a', 1],
      ['b', 2],
      ['c', 3],
      ['a', 4],
      ['d', 5],
    ] as const)
      values.set(name, value)
    expect(values.get('a')).toBe(4)
  })
})
