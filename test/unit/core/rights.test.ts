import { expect, it } from '@jest/globals'
import { createRights } from '../../../src/core/rights.js'
import { createMemoryClock } from '../../support/memory-ports.js'
import { JOB } from './fixtures.js'

const HOUR_MS = 3_600_000

function rightsBench() {
  const clock = createMemoryClock()
  const rights = createRights(clock)
  rights.refused('default', JOB, 'a right')
  return { clock, rights }
}

it('remembers a refusal for an hour', () => {
  const { clock, rights } = rightsBench()
  clock.advance(HOUR_MS - 1)
  expect(rights.lacking('default', JOB)).toBe('a right')
  clock.advance(1)
  expect(rights.lacking('default', JOB)).toBeUndefined()
})

it('has one word for all builds of a job, and none for others', () => {
  const { rights } = rightsBench()
  expect(rights.lacking('default', { ...JOB, resource: 'other' })).toBeUndefined()
  expect(rights.lacking('other', JOB)).toBeUndefined()
})

it('does not hold to a refusal for longer because the clock was set back', () => {
  const { clock, rights } = rightsBench()
  clock.advance(-2 * HOUR_MS)
  expect(rights.lacking('default', JOB)).toBeUndefined()
})
