import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { type WaitOptions, waitForBuild } from '../../../src/follow/follow.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { ensureDataset } from '../../../src/store/dataset.js'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { entryFor, KEY, KEYS, REF, snapshotOf, testLogger } from '../store/store-fixtures.js'
import { otherClients } from './follow-fixtures.js'

const SUCCESS = { status: 'SUCCESS', concluded: true, success: true }

describeEachRedis('waiting for a build', (engine) => {
  let redis: Redis

  beforeEach(async () => {
    redis = engine.connect()
    await ensureDataset({ redis, keys: KEYS, newId: () => 'dataset-1' })
  })

  const wait = (options: Partial<WaitOptions> = {}) => waitForBuild(REF, { redis: engine.url(), ...options })

  async function recordBuild(build: Partial<ApiBuild>): Promise<void> {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    const [before = UNRECORDED] = await records.read([REF])
    await records.record(entryFor(before, snapshotOf(build)))
  }

  async function listening(): Promise<void> {
    const heard = async () => String(await redis.pubsub('NUMSUB', KEYS.channel(KEY))).endsWith('1')
    await eventually(heard, { what: 'a subscription', withinMs: 4000 })
  }

  it('is over at once where the build has ended, with its terminal event', async () => {
    await recordBuild({ status: 'FAILURE', concluded: true, success: false })
    expect(await wait()).toMatchObject({
      build: KEY,
      outcome: 'failure',
      event: { id: `${KEY}#concluded`, data: { outcome: 'failure' } },
    })
  })

  it('is over when the build ends, not when it goes on', async () => {
    const ended = wait({ timeoutMs: 4000 })
    await listening()
    await recordBuild({ status: 'BUILDING' })
    await recordBuild(SUCCESS)
    expect(await ended).toMatchObject({ outcome: 'success', event: { data: { to: 'SUCCESS' } } })
  })

  it('needs no event where the build had ended before anyone watched', async () => {
    await redis.hset(KEYS.build(KEY), { concluded: 'true', outcome: 'aborted', history: 'true' })
    expect(await waitForBuild(KEY, { redis: engine.url() })).toEqual({ build: KEY, outcome: 'aborted' })
  })

  it('needs none either where somebody else has written what comes last', async () => {
    await recordBuild(SUCCESS)
    await redis.xadd(KEYS.transitions(KEY), '99-0', 'event', '{"half')
    expect(await wait({ timeoutMs: 4000 })).toEqual({ build: KEY, outcome: 'success' })
  })

  it('goes on where Redis is emptied and the end recorded anew', async () => {
    await recordBuild({ status: 'BUILDING' })
    const ended = wait({ timeoutMs: 9000 })
    await listening()
    await redis.flushall()
    await redis.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
    await recordBuild(SUCCESS)
    expect(await ended).toMatchObject({ outcome: 'success' })
  })

  it('ends with an error that says how the build stood when the time is over', async () => {
    const clients = await otherClients(redis)
    await recordBuild({ status: 'BUILDING' })
    await expect(wait({ timeoutMs: 700 })).rejects.toMatchObject({
      name: 'WaitTimedOut',
      code: 'WAIT_TIMED_OUT',
      build: KEY,
      timeoutMs: 700,
      status: 'BUILDING',
      message: `${KEY} did not end within 700 ms: its status is BUILDING`,
    })
    await eventually(async () => (await otherClients(redis)) === clients, {
      what: 'no connection',
      withinMs: 2000,
    })
  })

  it('says so where nothing is known of the build', async () => {
    await expect(wait({ timeoutMs: 700 })).rejects.toThrow('nothing is recorded of it')
  })

  it('says so where Redis gives no answer', async () => {
    const waiting = wait({ redis: 'redis://127.0.0.1:1', timeoutMs: 500 })
    await expect(waiting).rejects.toThrow(/Redis gives no answer \(.*ECONNREFUSED/)
  })

  it('ends with the reason of its signal', async () => {
    const stop = new AbortController()
    const waiting = wait({ signal: stop.signal })
    await listening()
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(wait({ signal: stop.signal })).rejects.toThrow('enough')
  })

  it('refuses what is no build key', async () => {
    await expect(waitForBuild('shop/nightly', { redis: engine.url() })).rejects.toThrow('no build key')
  })
})
