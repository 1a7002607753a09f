import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { Watermark } from '../../../src/domain/history.js'
import type { Watermarks } from '../../../src/domain/ports.js'
import { createWatermarks } from '../../../src/store/watermarks.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { SLOW_WORK_MS, slowCommands } from '../../support/slow-commands.js'
import { KEYS, START_AT } from './store-fixtures.js'

const FEED = 'shop/jobs/nightly'
/** As ids of interests are: JSON, here with a space in it. */
const MAIN = '[["main"],"with",null]'
const ODD = '[["a b"],"only",null]'
const HOUR = 3_600_000
const REMOVED = JSON.stringify({ removedAt: START_AT })

const fresh = (at = START_AT): Watermark => ({ at, caughtUp: false })
const marksOf = (...ids: string[]) => new Map(ids.map((id) => [id, fresh()]))
const later = new Map([
  [MAIN, fresh(START_AT + HOUR)],
  [ODD, fresh(START_AT + HOUR)],
])

describeEachRedis('watermarks', (engine) => {
  let redis: Redis
  let one: Watermarks
  let two: Watermarks

  beforeEach(() => {
    redis = engine.connect()
    one = process()
    two = process()
  })

  /** One of several daemons, which know of each other through Redis alone. */
  const process = (): Watermarks => createWatermarks({ redis: engine.connect(), keys: KEYS })
  const held = (interest: string) => redis.hget(KEYS.watermarks, `${FEED} ${interest}`)

  it('are none of a feed that was never begun', async () => {
    expect(await one.read(FEED)).toEqual(new Map())
    expect(await one.begin(FEED, new Map())).toEqual(new Map())
  })

  it('stand as they were begun first, for every process', async () => {
    expect(await one.begin(FEED, marksOf(MAIN))).toEqual(marksOf(MAIN))
    const expected = new Map([
      [MAIN, fresh()],
      [ODD, fresh(START_AT + HOUR)],
    ])
    expect(await two.begin(FEED, later)).toEqual(expected)
    await one.restore()
    expect(await one.read(FEED)).toEqual(expected)
    expect(await process().read(FEED)).toEqual(expected)
  })

  it('are those of one feed', async () => {
    await one.begin(FEED, marksOf(MAIN))
    await one.begin('shop/jobs/nightly-2', marksOf(ODD))
    expect(await one.read(FEED)).toEqual(marksOf(MAIN))
    expect(await one.read('shop/jobs')).toEqual(new Map())
  })

  it('are begun by one of many that come together', async () => {
    const many = Array.from({ length: 20 }, process)
    const answers = await Promise.all(
      many.map((each, at) => each.begin(FEED, new Map([[MAIN, fresh(START_AT + at)]]))),
    )
    const stands = (await process().read(FEED)).get(MAIN)
    for (const answer of answers) expect(answer.get(MAIN)).toEqual(stands)
  })

  it('are caught up for good', async () => {
    await one.begin(FEED, marksOf(MAIN, ODD))
    await one.caughtUp(FEED, [MAIN])
    await one.caughtUp(FEED, [MAIN, 'unknown'])
    await two.begin(FEED, marksOf(MAIN))
    const expected = new Map([
      [MAIN, { at: START_AT, caughtUp: true }],
      [ODD, fresh()],
    ])
    expect(await two.read(FEED)).toEqual(expected)
    expect(await redis.hlen(KEYS.watermarks)).toBe(2)
  })

  it('are put back when Redis was emptied under a running daemon, as they stood', async () => {
    await one.begin(FEED, marksOf(MAIN, ODD))
    await one.caughtUp(FEED, [ODD])
    const before = await redis.hgetall(KEYS.watermarks)
    await engine.flush()
    await one.restore()
    expect(await redis.hgetall(KEYS.watermarks)).toEqual(before)
  })

  it('are put back by a daemon that has seen them and never begun them', async () => {
    await one.begin(FEED, marksOf(MAIN))
    await two.restore()
    await engine.flush()
    await two.restore()
    expect(await process().read(FEED)).toEqual(marksOf(MAIN))
  })

  it('are begun as they are remembered when a poll comes between the loss and the sweep', async () => {
    await one.begin(FEED, marksOf(MAIN))
    await engine.flush()
    expect(await one.read(FEED)).toEqual(new Map())
    expect(await one.begin(FEED, later)).toEqual(
      new Map([
        [MAIN, fresh()],
        [ODD, fresh(START_AT + HOUR)],
      ]),
    )
  })

  it('are raised where another daemon has put back less than is known', async () => {
    await one.begin(FEED, marksOf(MAIN))
    await two.restore()
    await one.caughtUp(FEED, [MAIN])
    await engine.flush()
    await two.restore()
    expect((await two.read(FEED)).get(MAIN)?.caughtUp).toBe(false)
    expect((await one.read(FEED)).get(MAIN)?.caughtUp).toBe(true)
    await one.restore()
    expect((await process().read(FEED)).get(MAIN)?.caughtUp).toBe(true)
  })

  it('are caught up in memory too when they are lost at that moment', async () => {
    await one.begin(FEED, marksOf(MAIN))
    await engine.flush()
    await one.caughtUp(FEED, [MAIN])
    expect(await redis.exists(KEYS.watermarks)).toBe(0)
    await one.restore()
    expect(await one.read(FEED)).toEqual(new Map([[MAIN, { at: START_AT, caughtUp: true }]]))
  })

  it('are not known to a daemon that starts on an empty Redis', async () => {
    await one.begin(FEED, marksOf(MAIN))
    await engine.flush()
    const started = process()
    await started.restore()
    expect(await started.begin(FEED, later)).toEqual(later)
  })

  it('stay gone when retention has taken them away, on every daemon', async () => {
    await one.begin(FEED, marksOf(MAIN))
    await two.restore()
    await redis.hset(KEYS.watermarks, `${FEED} ${MAIN}`, REMOVED)
    expect(await one.read(FEED)).toEqual(new Map())
    for (const each of [one, two]) await each.restore()
    await redis.del(KEYS.watermarks)
    for (const each of [one, two]) await each.restore()
    expect(await redis.exists(KEYS.watermarks)).toBe(0)
  })

  it('are not put over what another daemon begins at the same moment', async () => {
    const client = engine.connect()
    const restoring = createWatermarks({ redis: client, keys: KEYS })
    await restoring.begin(FEED, marksOf(MAIN))
    await engine.flush()
    const readAll = client.hgetall.bind(client)
    const between = async (key: string) => {
      const held = await readAll(key)
      await two.begin(FEED, later)
      return held
    }
    Object.assign(client, { hgetall: between })
    await restoring.restore()
    expect((await process().read(FEED)).get(MAIN)).toEqual(later.get(MAIN))
  })

  it('are not caught up once retention has taken them away', async () => {
    await one.begin(FEED, marksOf(MAIN))
    await redis.hset(KEYS.watermarks, `${FEED} ${MAIN}`, REMOVED)
    await one.caughtUp(FEED, [MAIN])
    expect(await held(MAIN)).toBe(REMOVED)
    await one.restore()
    expect(await one.read(FEED)).toEqual(new Map())
  })

  it('begin anew where retention has taken one away', async () => {
    await one.begin(FEED, marksOf(MAIN))
    await redis.hset(KEYS.watermarks, `${FEED} ${MAIN}`, REMOVED)
    expect((await one.begin(FEED, later)).get(MAIN)).toEqual(fresh(START_AT + HOUR))
    await one.caughtUp(FEED, [MAIN])
    expect(await held(MAIN)).toBe(JSON.stringify({ at: START_AT + HOUR, caughtUp: true }))
  })

  it(
    'are put back by the thousands without holding anyone up',
    async () => {
      for (let at = 0; at < 5000; at += 1) await one.begin(`shop/jobs/job-${at}`, marksOf(MAIN))
      const slow = await slowCommands(redis, async () => {
        await engine.flush()
        await one.restore()
        expect(await redis.hlen(KEYS.watermarks)).toBe(5000)
      })
      expect(slow).toBe(0)
    },
    SLOW_WORK_MS,
  )

  it('name their key when something foreign is in its place', async () => {
    await redis.set(KEYS.watermarks, 'foreign')
    const refusal = { code: 'REDIS_REFUSED', message: expect.stringContaining(KEYS.watermarks) }
    await expect(one.restore()).rejects.toMatchObject(refusal)
    await expect(one.read(FEED)).rejects.toMatchObject(refusal)
    await redis.del(KEYS.watermarks)
    expect(await one.begin(FEED, marksOf(MAIN))).toEqual(marksOf(MAIN))
  })
})
