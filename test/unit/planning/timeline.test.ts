import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { Timeline } from '../../../src/planning/timeline.js'

it('gives back what is due first, whatever the order in which it was put', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 })), (instants) => {
      const timeline = new Timeline<number>()
      for (const at of instants) timeline.add(at, at)
      const taken: number[] = []
      for (let next = timeline.nextAt; next < Infinity; next = timeline.nextAt) {
        expect(timeline.take()).toBe(next)
        taken.push(next)
      }
      expect(taken).toEqual(instants.toSorted((a, b) => a - b))
    }),
  )
})

it('is never due when nothing is on it', () => {
  const timeline = new Timeline<string>()
  expect(timeline.nextAt).toBe(Infinity)
  expect(timeline.take()).toBeUndefined()
})
