import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { findLogged } from '../../../src/store/logged-events.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS, ROUTES, START_AT } from './store-fixtures.js'

const MINUTE = 60_000

describeEachRedis('events that are looked for in the log', (engine) => {
  let redis: Redis

  beforeEach(() => {
    redis = engine.connect()
  })

  async function logged(entries: readonly (readonly [at: number, id: string])[]): Promise<void> {
    const batch = redis.pipeline()
    for (const [at, id] of entries)
      batch.xadd(KEYS.events, `${at}-*`, 'event', JSON.stringify({ id }), 'routes', JSON.stringify(ROUTES))
    for (const [error] of (await batch.exec()) ?? []) if (error) throw error
  }

  const found = async (...sought: (readonly [id: string, observedAt: number])[]) => {
    const all = sought.map(([id, observedAt]) => ({ id, observedAt }))
    return [...(await findLogged(all, { redis, keys: KEYS })).keys()].sort()
  }

  it('are found with their routes', async () => {
    await logged([[START_AT, 'a']])
    const events = await findLogged([{ id: 'a', observedAt: START_AT }], { redis, keys: KEYS })
    expect(events.get('a')).toMatchObject({ event: { id: 'a' }, routes: ROUTES })
  })

  it('are found among the many of the same minute', async () => {
    const many = Array.from({ length: 1203 }, (_, at) => [START_AT + at, `other-${at}`] as const)
    await logged([...many, [START_AT + 1300, 'a'], [START_AT + 20 * MINUTE, 'b']])
    expect(await found(['a', START_AT + 1300], ['b', START_AT + 20 * MINUTE])).toEqual(['a', 'b'])
  })

  it('are found in a short log though the clock of Redis goes by another hour', async () => {
    await logged([[START_AT + 90 * MINUTE, 'a']])
    expect(await found(['a', START_AT])).toEqual(['a'])
  })

  it('are looked for about their time only in a long one', async () => {
    const many = Array.from({ length: 2000 }, (_, at) => [START_AT + at, `other-${at}`] as const)
    await logged([...many, [START_AT + 90 * MINUTE, 'a']])
    expect(await found(['a', START_AT])).toEqual([])
    expect(await found(['a', START_AT + 90 * MINUTE])).toEqual(['a'])
  })

  it('are not among those found when the log has been trimmed, or is not there', async () => {
    expect(await found(['a', START_AT])).toEqual([])
    await logged([
      [START_AT, 'a'],
      [START_AT + 1, 'b'],
    ])
    await redis.xtrim(KEYS.events, 'MAXLEN', 1)
    expect(await found(['a', START_AT], ['b', START_AT + 1])).toEqual(['b'])
  })

  it('are found beside an entry that nobody can read', async () => {
    await redis.xadd(KEYS.events, `${START_AT}-1`, 'event', 'no JSON')
    await logged([[START_AT + 1, 'a']])
    expect(await found(['a', START_AT])).toEqual(['a'])
  })
})
