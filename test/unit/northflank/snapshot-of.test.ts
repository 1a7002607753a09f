import { expect, test } from '@jest/globals'
import { snapshotOf } from '../../../src/northflank/snapshot-of.js'
import { BUILD, REF } from './fixtures.js'

const observedAt = Date.UTC(2026, 10, 24)

test('the build stays as served, beside its instants in epoch milliseconds', () => {
  expect(snapshotOf({ ref: REF, build: BUILD, observedAt })).toEqual({
    ref: REF,
    build: BUILD,
    observedAt,
    createdAt: Date.parse('2021-07-28T15:55:38.296Z'),
    concludedAt: 1_606_237_973_000,
  })
})

test('a conclusion in milliseconds is read as well as one in seconds', () => {
  const build = { id: 'b', buildConcludedAt: 1_606_237_973_123 }
  expect(snapshotOf({ ref: REF, build, observedAt }).concludedAt).toBe(1_606_237_973_123)
})

test('a build is no younger than its observation, whatever it says of itself', () => {
  const build = { id: 'b', createdAt: '2031-01-01T00:00:00.000Z' }
  expect(snapshotOf({ ref: REF, build, observedAt })).toEqual({
    ref: REF,
    build,
    observedAt,
    createdAt: observedAt,
  })
})

test('instants that make no sense are left out of the snapshot and stay in the build', () => {
  const build = { id: 'b', createdAt: 'yesterday', buildConcludedAt: -1 }
  expect(snapshotOf({ ref: REF, build, observedAt })).toEqual({ ref: REF, build, observedAt })
})
