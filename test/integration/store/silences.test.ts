import { expect, it } from '@jest/globals'
import type { Silence } from '../../../src/domain/silence.js'
import { createSilences } from '../../../src/store/silences.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS, START_AT, testClock } from './store-fixtures.js'

const HOUR = 3_600_000

function silence(id: string, lastsMs: number): Silence {
  return {
    id,
    scope: { job: 'nightly' },
    reason: 'maintenance',
    createdAt: START_AT,
    endsAt: START_AT + lastsMs,
  }
}

describeEachRedis('silences', (engine) => {
  function opened() {
    const redis = engine.connect()
    const clock = testClock()
    return { redis, clock, silences: createSilences({ redis, keys: KEYS, clock }) }
  }

  it('are read as they were added, the first to end first', async () => {
    const { silences } = opened()
    expect(await silences.active()).toEqual([])
    expect(await silences.add(silence('later', 2 * HOUR))).toBe('added')
    expect(await silences.add(silence('sooner', HOUR))).toBe('added')
    expect(await silences.active()).toEqual([silence('sooner', HOUR), silence('later', 2 * HOUR)])
  })

  it('have an id each: one that is taken changes nothing', async () => {
    const { silences } = opened()
    await silences.add(silence('one', HOUR))
    expect(await silences.add(silence('one', 2 * HOUR))).toBe('id_taken')
    expect(await silences.active()).toEqual([silence('one', HOUR)])
  })

  it('end at their end, and are gone from Redis an hour after it', async () => {
    const { redis, clock, silences } = opened()
    await silences.add(silence('one', HOUR))
    clock.advance(HOUR)
    expect(await silences.active()).toEqual([])
    expect(await redis.hkeys(KEYS.silences)).toEqual(['one'])
    clock.advance(HOUR + 1)
    await silences.active()
    expect(await redis.exists(KEYS.silences)).toBe(0)
  })

  it('are removed by their id, once, and not after their end', async () => {
    const { clock, silences } = opened()
    await silences.add(silence('one', HOUR))
    await silences.add(silence('two', HOUR))
    expect([await silences.remove('one'), await silences.remove('one')]).toEqual([true, false])
    clock.advance(HOUR)
    expect(await silences.remove('two')).toBe(false)
  })

  it('are a thousand at most', async () => {
    const { redis, silences } = opened()
    const many = Array.from({ length: 1000 }, (_, at) => silence(`s${at}`, HOUR))
    await redis.hset(KEYS.silences, Object.fromEntries(many.map((each) => [each.id, JSON.stringify(each)])))
    expect(await silences.add(silence('more', HOUR))).toBe('full')
  })

  it('are read whatever else stands beside them, which is cleared away', async () => {
    const { redis, silences } = opened()
    await silences.add(silence('one', HOUR))
    await redis.hset(KEYS.silences, 'odd', 'no JSON', 'null', 'null', 'number', '5')
    expect(await silences.active()).toEqual([silence('one', HOUR)])
    expect(await redis.hkeys(KEYS.silences)).toEqual(['one'])
  })

  it.each([null, 'all', [['web']], { branch: 5 }, { job: null }])(
    'are none whose scope is %j',
    async (scope) => {
      const { redis, silences } = opened()
      await redis.hset(KEYS.silences, 'odd', JSON.stringify({ ...silence('odd', HOUR), scope }))
      expect(await silences.active()).toEqual([])
    },
  )
})
