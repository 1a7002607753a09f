import { expect, it } from '@jest/globals'
import { RecentlyUsed } from '../../../src/planning/recently-used.js'

it('holds so many values, and lets go of those that were not asked for longest', () => {
  const values = new RecentlyUsed<number>(3)
  for (const [name, value] of Object.entries({ a: 1, b: 2, c: 3 })) values.set(name, value)
  expect(values.get('a')).toBe(1)
  values.set('d', 4)
  expect(['a', 'b', 'c', 'd'].map((name) => values.get(name))).toEqual([1, undefined, 3, 4])
  values.set('a', 5)
  expect(values.get('a')).toBe(5)
})
