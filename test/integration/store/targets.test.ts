import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { WantedConfiguration } from '../../../src/domain/ports.js'
import { createTargets } from '../../../src/store/targets.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { SLOW_WORK_MS, slowCommands } from '../../support/slow-commands.js'
import { KEYS, ROUTES, START_AT, type TestClock, targetOf, testClock } from './store-fixtures.js'
import { configuration, feedOf } from './target-fixtures.js'

const A = targetOf('a')
const B = targetOf('b')

describeEachRedis('targets', (engine) => {
  let redis: Redis
  let clock: TestClock

  beforeEach(() => {
    redis = engine.connect()
    clock = testClock()
  })

  const replica = (name: string) => createTargets({ redis, keys: KEYS, clock, replica: name })

  async function publish(wanted: WantedConfiguration, by = replica('one')) {
    await by.claim(wanted)
    await by.publish(wanted)
    return by
  }

  it('finds what was published, with fresh pacing', async () => {
    const targets = await publish(configuration('v1', A, B))
    expect(await targets.find(A.id)).toEqual({ target: A, pacing: { polls: 0, errors: 0 } })
    expect(await targets.find('shop/jobs/nightly/other')).toBeUndefined()
    expect(await targets.unfinished()).toEqual(expect.arrayContaining([{ id: A.id }, { id: B.id }]))
  })

  it('keeps the pacing of a target', async () => {
    const targets = await publish(configuration('v1', A))
    expect(await targets.pace(A.id, { polls: 3, errors: 1, nextProbeAt: START_AT })).toBe(true)
    expect((await targets.find(A.id))?.pacing).toEqual({ polls: 3, errors: 1, nextProbeAt: START_AT })
    expect(await targets.unfinished()).toEqual([{ id: A.id, nextProbeAt: START_AT }])
  })

  it('keeps what is known of the last answers, and forgets what no longer holds', async () => {
    const targets = await publish(configuration('v1', A))
    const failing = { polls: 3, errors: 2, nextProbeAt: START_AT, answeredAt: START_AT - 1000 }
    const told = { ...failing, failure: 'API_TIMED_OUT', lacks: 'Project > Jobs > General > Read' }
    await targets.pace(A.id, told)
    expect((await targets.find(A.id))?.pacing).toEqual(told)
    await targets.pace(A.id, { polls: 1, errors: 0, answeredAt: START_AT })
    expect((await targets.find(A.id))?.pacing).toEqual({ polls: 1, errors: 0, answeredAt: START_AT })
    expect(await targets.unfinished()).toEqual([{ id: A.id }])
  })

  it('finds a feed as it was published', async () => {
    const feed = feedOf('nightly', 'a', 'b')
    const targets = await publish(configuration('v1', feed))
    expect(await targets.find(feed.id)).toEqual({ target: feed, pacing: { polls: 0, errors: 0 } })
  })

  it('writes nothing when it paces a target that is no longer wanted', async () => {
    const targets = await publish(configuration('v1', A))
    await publish(configuration('v2'))
    expect(await targets.pace(A.id, { polls: 1, errors: 0 })).toBe(false)
    expect(await redis.exists(KEYS.target(A.id))).toBe(0)
    expect(await targets.unfinished()).toEqual([])
  })

  it('polls a finished target no more, whatever is published again', async () => {
    const targets = await publish(configuration('v1', A, B))
    await targets.finish(A.id)
    await publish(configuration('v2', A, B))
    expect(await targets.find(A.id)).toBeUndefined()
    expect(await targets.pace(A.id, { polls: 1, errors: 0 })).toBe(false)
    expect(await targets.unfinished()).toEqual([{ id: B.id }])
  })

  it('keeps the pacing of untouched targets through a reload', async () => {
    const targets = await publish(configuration('v1', A, B))
    const pacing = { polls: 7, errors: 0, nextProbeAt: START_AT }
    await targets.pace(A.id, pacing)
    await publish(configuration('v2', A, { ...B, routes: [] }))
    expect(await targets.find(A.id)).toEqual({ target: A, pacing })
    expect(await targets.unfinished()).toContainEqual({ id: A.id, nextProbeAt: START_AT })
  })

  it('remembers how far each interest of a feed has been read', async () => {
    const targets = await publish(configuration('v1', A))
    const pacing = {
      polls: 1,
      errors: 0,
      nextProbeAt: START_AT,
      readAt: { '[[],"with",null]': START_AT - 5 },
    }
    await targets.pace(A.id, pacing)
    expect((await targets.find(A.id))?.pacing).toEqual(pacing)
  })

  it('makes a target that is asked for in another way due at once: it may sleep for hours on what is gone', async () => {
    const targets = await publish(configuration('v1', A))
    await targets.pace(A.id, { polls: 7, errors: 0, nextProbeAt: START_AT })
    const changed = { ...A, windows: [{ cron: '* * * * *', timezone: 'UTC' }] }
    await publish(configuration('v2', changed, B))
    expect(await targets.find(A.id)).toEqual({
      target: changed,
      pacing: { polls: 7, errors: 0, why: 'changed' },
    })
    expect(await targets.unfinished()).toContainEqual({ id: A.id })
  })

  it('lets what is recorded of an unwanted build expire, and keeps it when it is wanted again', async () => {
    await publish(configuration('v1', A))
    await redis.hset(KEYS.build(A.id), 'concluded', 'true')
    await publish(configuration('v2'))
    expect(await redis.ttl(KEYS.build(A.id))).toBeGreaterThan(29 * 86_400)
    await publish(configuration('v3', A))
    expect(await redis.ttl(KEYS.build(A.id))).toBe(-1)
  })

  it('knows whom to tell of the trouble of an account, as the newest configuration says', async () => {
    const first = {
      ...configuration('v1'),
      accountRoutes: new Map([
        ['default', ROUTES],
        ['other', []],
      ]),
    }
    const targets = await publish(first)
    expect(await targets.accountRoutes('default')).toEqual(ROUTES)
    expect(await targets.accountRoutes('other')).toEqual([])
    expect(await targets.accountRoutes('nobody')).toEqual([])
    await publish({ ...configuration('v2'), accountRoutes: new Map([['other', ROUTES]]) })
    expect(await redis.hgetall(KEYS.accounts)).toEqual({ other: JSON.stringify(ROUTES) })
    await publish({ ...configuration('v3'), accountRoutes: new Map() })
    expect(await targets.accountRoutes('other')).toEqual([])
  })

  it('publishes the same configuration once, and again after Redis was emptied', async () => {
    const targets = await publish(configuration('v1', A))
    await redis.hset(KEYS.target(A.id), 'target', 'untouched')
    await publish(configuration('v1', A))
    expect(await redis.hget(KEYS.target(A.id), 'target')).toBe('untouched')
    await engine.flush()
    await publish(configuration('v1', A))
    expect(await targets.find(A.id)).toMatchObject({ target: A })
  })

  it('lets a replica with new files take over, and the old one sweep no more', async () => {
    const [old, fresh] = [replica('old'), replica('new')]
    expect(await old.claim(configuration('v1'))).toBe(true)
    expect(await fresh.claim(configuration('v2'))).toBe(true)
    expect(await old.claim(configuration('v1'))).toBe(false)
    expect(await fresh.claim(configuration('v2'))).toBe(true)
  })

  it('lets all replicas with the newest files sweep', async () => {
    expect(await replica('one').claim(configuration('v1'))).toBe(true)
    expect(await replica('two').claim(configuration('v1'))).toBe(true)
  })

  it('goes back to earlier files once no live replica holds the newer ones', async () => {
    const [old, fresh] = [replica('old'), replica('new')]
    await old.claim(configuration('v1'))
    await fresh.claim(configuration('v2'))
    clock.advance(15_001)
    expect(await old.claim(configuration('v1'))).toBe(true)
  })

  it('goes back at once when the newer replica stops cleanly, or takes its old files up again', async () => {
    const [old, fresh] = [replica('old'), replica('new')]
    await old.claim(configuration('v1'))
    await fresh.claim(configuration('v2'))
    await fresh.withdraw()
    expect(await old.claim(configuration('v1'))).toBe(true)
    await fresh.claim(configuration('v3'))
    expect(await fresh.claim(configuration('v1'))).toBe(true)
  })

  it('forgets replicas that ended without a farewell', async () => {
    for (const name of ['first', 'second', 'third']) {
      await replica(name).claim(configuration('v1'))
      clock.advance(15_001)
    }
    expect(await redis.hkeys(KEYS.replicas)).toEqual(['third'])
  })

  it('publishes nothing under a configuration that was overtaken', async () => {
    const [old, fresh] = [replica('old'), replica('new')]
    await old.claim(configuration('v1', A))
    await fresh.claim(configuration('v2', B))
    await fresh.publish(configuration('v2', B))
    await old.publish({ ...configuration('v1', A), accountRoutes: new Map([['old', ROUTES]]) })
    expect(await old.unfinished()).toEqual([{ id: B.id }])
    expect(await redis.smembers(KEYS.named)).toEqual([B.id])
    expect(await redis.hkeys(KEYS.accounts)).toEqual(['default'])
  })

  it(
    'publishes and sweeps ten thousand targets without holding anyone up',
    async () => {
      const names = Array.from({ length: 5000 }, (_, at) => `build-${at}`)
      const feeds = names.map((name) => feedOf(name, name, `${name}-b`))
      const many = [...names.map(targetOf), ...feeds]
      const took: { publishMs: number; readMs: number }[] = []
      const slow = await slowCommands(redis, async () => {
        const begun = performance.now()
        const targets = await publish(configuration('v1', ...many))
        const published = performance.now()
        const open = await targets.unfinished()
        took.push({ publishMs: published - begun, readMs: performance.now() - published })
        expect(new Set(open.map(({ id }) => id)).size).toBe(10_000)
        await publish(configuration('v2', A))
        expect(await targets.unfinished()).toEqual([{ id: A.id }])
        expect(await redis.scard(KEYS.named)).toBe(1)
      })
      expect(slow).toBe(0)
      const publishMs = Math.round(Math.min(...took.map((each) => each.publishMs)))
      const readMs = Math.round(Math.min(...took.map((each) => each.readMs)))
      expect(publishMs).toBeLessThan(10_000)
      expect(readMs).toBeLessThan(2000)
      process.stderr.write(`targets: 10,000 published in ${publishMs} ms, read in ${readMs} ms\n`)
    },
    SLOW_WORK_MS,
  )
})
