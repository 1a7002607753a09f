import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { resourceKey } from '../../../src/domain/build.js'
import { createRetention } from '../../../src/store/retention.js'
import { createWatermarks } from '../../../src/store/watermarks.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS, REF, START_AT, type TestClock, testClock } from './store-fixtures.js'
import { EVERY, feedOf, type Publisher, publisher } from './target-fixtures.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const RETENTION = { buildsMs: 30 * DAY, eventsMs: 7 * DAY, maxEvents: 100_000, linesMs: 180 * DAY }
const RESOURCE = resourceKey(REF)

describeEachRedis('retention of watermarks', (engine) => {
  let redis: Redis
  let clock: TestClock
  let want: Publisher['want']

  beforeEach(() => {
    redis = engine.connect()
    clock = testClock()
    ;({ want } = publisher(redis, { clock }))
  })

  const retain = (by: Redis) => createRetention({ redis: by, keys: KEYS, clock, retention: RETENTION }).run()
  const run = () => retain(redis)
  const watermarks = () => createWatermarks({ redis, keys: KEYS })

  it('takes watermarks away a day after they were last wanted, and their traces another day later', async () => {
    const two = watermarks()
    const mark = { at: START_AT, caughtUp: true }
    await two.begin(RESOURCE, new Map([[EVERY, mark]]))
    await want()
    expect(await run()).toMatchObject({ watermarks: 1 })
    clock.advance(DAY - 1)
    expect(await run()).toMatchObject({ watermarks: 0 })
    expect(await two.read(RESOURCE)).toEqual(new Map([[EVERY, mark]]))
    clock.advance(1)
    expect(await run()).toMatchObject({ watermarks: 1 })
    await two.restore()
    expect(await two.read(RESOURCE)).toEqual(new Map())
    clock.advance(DAY)
    expect(await run()).toMatchObject({ watermarks: 1 })
    await two.restore()
    expect(await redis.exists(KEYS.watermarks)).toBe(0)
  })

  it('keeps watermarks through an hour in which a broken watchlist does not want them', async () => {
    const feed = feedOf('nightly')
    const mark = { at: START_AT, caughtUp: true }
    await watermarks().begin(RESOURCE, new Map([[EVERY, mark]]))
    await want(feed)
    await want()
    await run()
    clock.advance(HOUR)
    await want(feed)
    expect(await run()).toMatchObject({ watermarks: 1 })
    clock.advance(2 * DAY)
    expect(await run()).toMatchObject({ watermarks: 0 })
    expect(await watermarks().read(RESOURCE)).toEqual(new Map([[EVERY, mark]]))
  })

  it('takes the watermark of one interest away while the feed goes on with another', async () => {
    const marks = watermarks()
    const mark = { at: START_AT, caughtUp: false }
    await marks.begin(RESOURCE, new Map([EVERY, 'other'].map((id) => [id, mark])))
    await want(feedOf('nightly'))
    await run()
    clock.advance(DAY)
    await run()
    expect(await marks.read(RESOURCE)).toEqual(new Map([[EVERY, mark]]))
  })

  it('never takes back what a poll notes at the same moment', async () => {
    const client = engine.connect()
    const polling = createWatermarks({ redis, keys: KEYS })
    await polling.begin(RESOURCE, new Map([[EVERY, { at: START_AT, caughtUp: false }]]))
    await want()
    const scan = client.hscan.bind(client)
    const between = async (key: string, cursor: string) => {
      const page = await scan(key, cursor)
      await polling.caughtUp(RESOURCE, [EVERY])
      return page
    }
    Object.assign(client, { hscan: between })
    const { watermarks: changed } = await retain(client)
    expect(changed).toBe(0)
    expect(await polling.read(RESOURCE)).toEqual(new Map([[EVERY, { at: START_AT, caughtUp: true }]]))
  })
})
