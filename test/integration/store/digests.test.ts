import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { OUTCOMES } from '../../../src/domain/outcome.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { createDigests } from '../../../src/store/digests.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { schemaErrors } from '../../unit/store/event-validator.js'
import { entryFor, KEYS, REF, snapshotOf, testLogger } from './store-fixtures.js'

const ROUTES = [{ to: 'ops', on: ['digest'] as const }]

describeEachRedis('digests', (engine) => {
  let redis: Redis
  let now: number

  beforeEach(() => {
    redis = engine.connect()
    // By the clock of Redis, which is this machine's; a second on, so that what was just recorded lies before it.
    now = Date.now() + 1000
  })

  const append = (routes = ROUTES) => createDigests({ redis, keys: KEYS, clock: { now: () => now } })(routes)

  async function conclude(build: string, success: boolean): Promise<void> {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    const ref = { ...REF, build }
    const status = success ? 'SUCCESS' : 'FAILURE'
    await records.record(entryFor(UNRECORDED, snapshotOf({ status, concluded: true, success }, ref)))
  }

  async function digests(): Promise<
    { event: { id: string; data: Record<string, unknown> }; routes: unknown }[]
  > {
    const entries = await redis.xrange(KEYS.events, '-', '+')
    return entries
      .map(([, [, event = '', , routes = '']]) => ({ event: JSON.parse(event), routes: JSON.parse(routes) }))
      .filter(({ event }) => event.type === 'dev.buildwatchd.digest.v1')
  }

  it('count the ends of a day by outcome, and go to their own routes', async () => {
    await conclude('a', true)
    await conclude('b', false)
    await conclude('c', true)
    expect(await append()).toEqual({ kind: 'appended' })
    const [digest, ...others] = await digests()
    expect(others).toEqual([])
    expect(digest?.routes).toEqual(ROUTES)
    expect(schemaErrors(digest?.event)).toEqual([])
    const outcomes = {
      ...Object.fromEntries(OUTCOMES.map((outcome) => [outcome, 0])),
      success: 2,
      failure: 1,
    }
    expect(digest?.event.data).toMatchObject({
      from: new Date(now - 86_400_000).toISOString(),
      to: new Date(now).toISOString(),
      outcomes,
    })
  })

  it('begin where the one before has ended, so that no end is counted twice', async () => {
    await conclude('a', true)
    await append()
    const first = now
    now += 60_000
    await append()
    const [, second] = await digests()
    expect(second?.event.data).toMatchObject({
      from: new Date(first).toISOString(),
      outcomes: { success: 0 },
    })
  })

  it('are appended once by replicas that make one at the same time', async () => {
    const replies = await Promise.all([append(), append(), append()])
    expect(replies.map(({ kind }) => kind).sort()).toEqual(['appended', 'raced', 'raced'])
    expect(await digests()).toHaveLength(1)
  })

  it('are published on their channel', async () => {
    const reader = engine.connect()
    const heard = new Promise((resolve) =>
      reader.once('message', (_, message: string) => resolve(JSON.parse(message).subject)),
    )
    await reader.subscribe(KEYS.channel('digest'))
    await append()
    expect(await heard).toBe('digest')
  })

  it('are refused as a whole where Redis holds something else under their key', async () => {
    await redis.set(KEYS.meta, 'text').catch(() => undefined)
    await expect(append()).rejects.toMatchObject({ code: 'REDIS_REFUSED' })
    expect(await redis.exists(KEYS.events)).toBe(0)
  })
})
