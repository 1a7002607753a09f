import { beforeEach, describe, expect, it } from '@jest/globals'
import { addedWatches, announce, announceEach } from '../../../src/app/announce.js'
import { createKeys } from '../../../src/store/keys.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { buildOf, feedOf } from './fixtures.js'

const logger = createRecordingLogger()
const keys = createKeys('buildwatch')
const words = (): object[] => logger.lines.map(({ fields, message }) => ({ ...fields, message }))

beforeEach(() => {
  logger.lines.length = 0
})

describe('the daemon says', () => {
  it('how to listen to everything, to a build and to all builds of a job', () => {
    const watches = [buildOf('web', 'b-1'), feedOf('nightly')]
    announce({ watches, keys, url: 'redis://:secret@127.0.0.1:6399', logger })
    expect(words()).toEqual([
      {
        watches: 2,
        redis: expect.not.stringContaining('secret'),
        psubscribe: 'buildwatch:events:*',
        message: 'watching',
      },
      { subscribe: 'buildwatch:events:shop/jobs/web/b-1', message: 'watching shop/jobs/web/b-1' },
      { psubscribe: 'buildwatch:events:shop/jobs/nightly/*', message: 'watching shop/jobs/nightly' },
    ])
  })

  it('it once of watches of one job', () => {
    const onMain = feedOf('nightly', { filter: { branches: ['main'], pullRequests: 'with' } })
    announceEach([feedOf('nightly'), onMain], { keys, logger })
    expect(words()).toHaveLength(1)
  })

  it('only the pattern for all where there are many', () => {
    const watches = Array.from({ length: 21 }, (_, at) => feedOf(`job-${at}`))
    announce({ watches, keys, url: 'redis://127.0.0.1', logger })
    expect(words()).toEqual([expect.objectContaining({ watches: 21, message: 'watching' })])
  })
})

it('what a reload adds is what was not followed before, whoever is told of it', () => {
  const before = [feedOf('nightly'), buildOf('web', 'b-1')]
  const now = [feedOf('nightly', { routes: [{ to: 'ops', on: ['fixed'] }] }), buildOf('web', 'b-2')]
  expect(addedWatches(before, now)).toEqual([buildOf('web', 'b-2')])
})
