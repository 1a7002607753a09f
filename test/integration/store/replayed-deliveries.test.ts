import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { describeEachRedis } from '../../support/redis-engines.js'
import { laneBench, planned } from './lane-fixtures.js'
import { KEYS, START_AT } from './store-fixtures.js'

const OLDER = planned('b-1', 'BUILDING')
const NEWER = planned('b-1', 'SUCCESS')
const ELSE = planned('b-2', 'BUILDING')

describeEachRedis('a delivery that a person replays where only the latest counts', (engine) => {
  let redis: Redis
  let bench: ReturnType<typeof laneBench>

  beforeEach(async () => {
    redis = engine.connect()
    bench = laneBench(redis)
    await bench.ledger.open([OLDER])
    await bench.ledger.end(OLDER.id, { kind: 'dead_lettered', reason: 'refused' })
    bench.clock.advance(1000)
  })

  it('does not take the place of a newer one of its build that comes to its turn', async () => {
    await bench.ledger.open([NEWER])
    await bench.desk.replay(OLDER.id)
    expect(await bench.begin(NEWER, 'latest')).toMatchObject({ kind: 'started' })
    expect(await bench.stateOf(OLDER)).toEqual(['suppressed', 'superseded', NEWER.id])
  })

  it('gives way to a newer one of its build that waits for its next try', async () => {
    await bench.ledger.open([NEWER])
    await bench.begin(NEWER, 'latest')
    await bench.ledger.postpone(NEWER.id, START_AT + 3_600_000, 'HTTP 503')
    await bench.desk.replay(OLDER.id)
    expect(await bench.begin(OLDER, 'latest')).toEqual({ kind: 'superseded' })
    expect(await bench.stateOf(NEWER)).toEqual(['pending', 'HTTP 503', null])
    expect(await bench.waiting()).toEqual([NEWER.id])
  })

  it('gives way to a newer one of its build that was taken', async () => {
    await bench.ledger.open([NEWER])
    await bench.begin(NEWER, 'latest')
    await bench.ledger.end(NEWER.id, { kind: 'accepted' })
    await bench.desk.replay(OLDER.id)
    expect(await bench.begin(OLDER, 'latest')).toEqual({ kind: 'superseded' })
    expect(await bench.stateOf(OLDER)).toEqual(['suppressed', 'superseded', NEWER.id])
  })

  it('is sent though another notifier took a newer one, or none did', async () => {
    const another = { ...NEWER, id: NEWER.id.replace(/hook$/, 'other-hook'), notifier: 'other-hook' }
    await bench.ledger.open([NEWER, another])
    await bench.ledger.end(NEWER.id, { kind: 'dead_lettered', reason: 'refused' })
    await bench.ledger.end(another.id, { kind: 'accepted' })
    await bench.desk.replay(OLDER.id)
    expect(await bench.begin(OLDER, 'latest')).toMatchObject({ kind: 'started' })
  })

  it('gives way to a newer one that is replayed before it', async () => {
    await bench.ledger.open([NEWER])
    await bench.ledger.end(NEWER.id, { kind: 'dead_lettered', reason: 'refused' })
    await bench.desk.replay(NEWER.id)
    await bench.desk.replay(OLDER.id)
    expect(await bench.begin(OLDER, 'latest')).toEqual({ kind: 'superseded' })
    expect(await bench.begin(NEWER, 'latest')).toMatchObject({ kind: 'started' })
  })

  it('waits in its lane for one of another build', async () => {
    await bench.ledger.open([ELSE])
    await bench.desk.replay(OLDER.id)
    expect(await bench.begin(OLDER, 'latest')).toEqual({ kind: 'behind', inMs: 0 })
    expect(await bench.begin(ELSE, 'latest')).toMatchObject({ kind: 'started' })
  })

  it('is not overtaken by what stands in the lane and has no row', async () => {
    await bench.desk.replay(OLDER.id)
    await bench.ledger.open([NEWER])
    await redis.del(KEYS.delivery(NEWER.id))
    expect(await bench.begin(OLDER, 'latest')).toMatchObject({ kind: 'started' })
  })
})
