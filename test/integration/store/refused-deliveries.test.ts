/** A Redis that refuses writes half-way: what was written before stays, and running the script again has to heal it. */
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { describeEachRedis } from '../../support/redis-engines.js'
import { LANE, laneBench, planned } from './lane-fixtures.js'
import { KEYS } from './store-fixtures.js'

const ONE = planned('b-1', 'SUCCESS')
const TWO = planned('b-2', 'SUCCESS')

describeEachRedis('the delivery ledger', (engine) => {
  let redis: Redis
  let bench: ReturnType<typeof laneBench>
  const fill = () => redis.config('SET', 'maxmemory', '1')
  const makeRoom = () => redis.config('SET', 'maxmemory', '0')

  beforeEach(() => {
    redis = engine.connect()
    bench = laneBench(redis)
  })
  afterEach(makeRoom)

  it('opens nothing while memory is short, and all of it afterwards', async () => {
    await fill()
    await expect(bench.ledger.open([ONE, TWO])).rejects.toThrow('OOM')
    await makeRoom()
    expect(await redis.keys('*')).toEqual([])
    expect(await bench.ledger.open([ONE, TWO])).toEqual([ONE, TWO])
    expect(await bench.waiting()).toEqual([ONE.id, TWO.id])
  })

  it('notes the end of what was taken while memory is short, lest it be sent again', async () => {
    await bench.ledger.open([ONE])
    await bench.begin(ONE, 'any')
    await fill()
    await bench.ledger.end(ONE.id, { kind: 'accepted' })
    expect(await bench.stateOf(ONE)).toEqual(['accepted', null, null])
    expect(await bench.ledger.pending()).toEqual([])
  })

  it('ends a delivery whose lane is something else', async () => {
    await bench.ledger.open([ONE])
    await redis.set(KEYS.lane('hook', LANE), 'of someone else')
    await bench.ledger.end(ONE.id, { kind: 'accepted' })
    expect(await bench.stateOf(ONE)).toEqual(['accepted', null, null])
  })

  it('keeps among those that wait what it could open in part only', async () => {
    await redis.set(KEYS.lane('hook', LANE), 'of someone else')
    await expect(bench.ledger.open([ONE])).rejects.toThrow('WRONGTYPE')
    await redis.del(KEYS.lane('hook', LANE))
    expect(await bench.ledger.open([ONE])).toEqual([ONE])
    expect(await bench.ledger.pending()).toMatchObject([{ id: ONE.id }])
  })
})
