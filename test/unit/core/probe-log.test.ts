import { expect, it } from '@jest/globals'
import { createProbeLog } from '../../../src/core/probe-log.js'
import type { ApiErrorCode } from '../../../src/domain/errors.js'
import { createMemoryClock } from '../../support/memory-ports.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { apiError, feedOf, targetOf } from './fixtures.js'

const BUILDS = ['quick-fox-1', 'quick-fox-2', 'quick-fox-3'].map((build) => targetOf(build, []))

function logBench() {
  const clock = createMemoryClock()
  const logger = createRecordingLogger()
  const log = createProbeLog({ clock, logger })
  return {
    clock,
    log,
    failAll: (code: ApiErrorCode) => {
      for (const target of BUILDS) log.failed(target, apiError(code), { failedProbes: 1, nextInMs: 2000 })
    },
    told: () => logger.lines.filter(({ level }) => level !== 'debug'),
  }
}

it('says once what fails all builds of an account at once', () => {
  const bench = logBench()
  bench.failAll('API_UNREACHABLE')
  expect(bench.told()).toHaveLength(1)
})

it('says for how many builds the next line stands', () => {
  const bench = logBench()
  bench.failAll('API_UNREACHABLE')
  bench.clock.advance(5000)
  bench.failAll('API_UNREACHABLE')
  expect(bench.told()).toMatchObject([{}, { level: 'warn', fields: { alike: 2 } }])
})

it('says each build that is not found', () => {
  const bench = logBench()
  bench.failAll('API_NOT_FOUND')
  expect(bench.told().map(({ fields }) => fields)).toMatchObject(BUILDS.map(({ id }) => ({ build: id })))
})

it('says another trouble of the account at once', () => {
  const bench = logBench()
  bench.failAll('API_UNREACHABLE')
  bench.failAll('API_UNAUTHORIZED')
  expect(bench.told()).toHaveLength(2)
})

it('says once that Redis refuses the records of many builds, and once that probes succeed again', () => {
  const bench = logBench()
  for (const target of BUILDS) bench.log.refused(target, 'no memory')
  for (const target of BUILDS) bench.log.recovered(target, 3)
  expect(bench.told().map(({ message }) => message)).toEqual([
    'Redis refused the record; will try again',
    'probes succeed again',
  ])
})

it('is not silenced by a clock that was set back', () => {
  const bench = logBench()
  bench.failAll('API_UNREACHABLE')
  bench.clock.advance(-3_600_000)
  bench.failAll('API_UNREACHABLE')
  expect(bench.told()).toHaveLength(2)
})

it('names a watched job as what it is, and a build as a build', () => {
  const bench = logBench()
  const feed = feedOf()
  bench.log.failed(feed, apiError('API_NOT_FOUND'), { failedProbes: 1, nextInMs: 2000 })
  bench.log.lacking(feed, 'a right')
  for (const target of BUILDS.slice(0, 1)) bench.log.lacking(target, 'another right')
  expect(bench.told().map(({ fields }) => fields)).toEqual([
    expect.objectContaining({ feed: feed.id, code: 'API_NOT_FOUND' }),
    { feed: feed.id, permission: 'a right' },
    { build: BUILDS[0]?.id, permission: 'another right' },
  ])
})
