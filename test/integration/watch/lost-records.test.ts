/** What `watch` makes of a Redis that loses what the daemon has recorded. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { readRecords } from '../../../src/app/build-record.js'
import { createBoard } from '../../../src/app/watch-board.js'
import type { BuildEvent } from '../../../src/domain/event.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { ensureDataset } from '../../../src/store/dataset.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import {
  entryFor,
  KEYS,
  refOf,
  START_AT,
  snapshotOf,
  testClock,
  testLogger,
} from '../store/store-fixtures.js'

describeEachRedis('a build that is lost in Redis', (engine) => {
  let redis: Redis
  let told: BuildEvent[]

  beforeEach(async () => {
    redis = engine.connect()
    told = []
    await ensureDataset({ redis, keys: KEYS, newId: () => 'one' })
  })

  async function record(build: Parameters<typeof snapshotOf>[0]): Promise<void> {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    const [known = UNRECORDED] = await records.read([refOf('a')])
    await records.record(entryFor(known, snapshotOf(build, refOf('a'), START_AT)))
  }

  it('is waited for, and is there again when the daemon has recorded it anew', async () => {
    const clock = testClock()
    const board = createBoard({
      wanted: [{ kind: 'named', ref: refOf('a') }],
      listener: { event: (event) => void told.push(event), notice: () => undefined },
      clock,
      appearMs: 60_000,
      failFast: false,
    })
    const place = { where: engine.url(), source: 'REDIS_URL' }
    const access = {
      redis,
      keys: KEYS,
      place,
      complaint: () => undefined,
      hasMoved: async () => false,
      close: () => undefined,
    }
    const look = () => readRecords(access, board)
    await record({ status: 'QUEUED' })
    await look()
    await record({ status: 'BUILDING' })
    await look()
    clock.advance(900_000)
    await redis.del(Object.values(KEYS.record(refOf('a'))))
    await look()
    expect(board.open()).toMatchObject([{ trouble: { code: 'NOT_RECORDED' } }])
    await record({ status: 'BUILDING' })
    await look()
    expect(board.open()[0]?.trouble).toBeUndefined()
    await record({ status: 'FAILURE', concluded: true, success: false })
    await look()
    expect(board.progress()).toMatchObject([{ end: { kind: 'concluded', outcome: 'failure' } }])
    expect(told.map(({ data }) => data.to)).toEqual(['QUEUED', 'BUILDING', 'FAILURE'])
  })
})
