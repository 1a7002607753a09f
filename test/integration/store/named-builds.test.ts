/** What is recorded of builds as watches name them, follow them and let them go. */
import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { buildKey } from '../../../src/domain/build.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { entryFor, KEYS, REF, refOf, snapshotOf, targetOf, testLogger } from './store-fixtures.js'
import { feedOf, type Publisher, publisher } from './target-fixtures.js'

const A = targetOf('a')
const B = targetOf('b')
const MONTH_S = 30 * 86_400

describeEachRedis('the record of a build', (engine) => {
  let redis: Redis
  let targets: Publisher['targets']
  let want: Publisher['want']

  beforeEach(() => {
    redis = engine.connect()
    ;({ targets, want } = publisher(redis))
  })

  const records = () => createBuildRecords({ redis, keys: KEYS, logger: testLogger() })

  async function running(build: string): Promise<void> {
    await records().record(entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING' }, refOf(build))))
  }

  async function ended(build: string, named = true): Promise<void> {
    const end = snapshotOf({ status: 'SUCCESS', concluded: true, success: true }, refOf(build))
    await records().record({ ...entryFor(UNRECORDED, end), named })
  }

  /** Seconds; -1 for ever. */
  const lifeOf = async (build: string): Promise<number[]> => {
    const key = buildKey(refOf(build))
    return Promise.all([redis.ttl(KEYS.build(key)), redis.ttl(KEYS.transitions(key))])
  }

  async function expectExpiring(build: string): Promise<void> {
    for (const life of await lifeOf(build)) expect(Math.abs(life - MONTH_S)).toBeLessThan(60)
  }

  it('stays when the build moves from a target of its own to a feed, and back', async () => {
    await want(A)
    await ended('a')
    await targets.finish(A.id)
    await want(feedOf('nightly', 'a'))
    expect(await lifeOf('a')).toEqual([-1, -1])
    expect(await targets.find(A.id)).toBeUndefined()
    await want(A)
    expect(await lifeOf('a')).toEqual([-1, -1])
    expect(await redis.smembers(KEYS.named)).toEqual([A.id])
    expect(await records().read([A.ref])).toMatchObject([{ seq: 1, concluded: true }])
  })

  it('stays active through the same moves', async () => {
    await want(A)
    await running('a')
    await want(feedOf('nightly', 'a'))
    await want(A, B)
    expect(await records().active(REF)).toEqual([A.ref])
    expect(await lifeOf('a')).toEqual([-1, -1])
  })

  it('stays when a watch names it that had let it go, or never had it', async () => {
    await ended('a', false)
    await expectExpiring('a')
    await want(feedOf('nightly', 'a'))
    expect(await lifeOf('a')).toEqual([-1, -1])
  })

  it('expires when a feed that goes on names it no more', async () => {
    await want(feedOf('nightly', 'a', 'b'))
    await ended('a')
    await ended('b')
    await want(feedOf('nightly', 'b'))
    await expectExpiring('a')
    expect(await lifeOf('b')).toEqual([-1, -1])
  })

  it('goes on to its end where the feed follows what no watch names any more', async () => {
    await want(feedOf('nightly', 'a'))
    await running('a')
    await want(feedOf('nightly'))
    expect(await lifeOf('a')).toEqual([-1, -1])
    expect(await records().active(REF)).toEqual([A.ref])
  })

  it('expires with its target, and the build is active no more', async () => {
    await want(A, B)
    await running('a')
    await running('b')
    await want(B)
    await expectExpiring('a')
    expect(await records().active(REF)).toEqual([B.ref])
  })

  it('expires with its feed, but for those that watches still name', async () => {
    await want(feedOf('nightly', 'b'))
    for (const build of ['a', 'b', 'c']) await running(build)
    await want(B)
    await expectExpiring('a')
    await expectExpiring('c')
    expect(await lifeOf('b')).toEqual([-1, -1])
    expect(await records().active(REF)).toEqual([B.ref])
  })

  it('expires after as long as the settings say by then', async () => {
    const settings = { buildsMs: 9_000_000 }
    const { want } = publisher(redis, { retention: settings })
    await want(A)
    await ended('a')
    settings.buildsMs = 7000
    await want()
    for (const life of await lifeOf('a')) expect(life).toBeLessThanOrEqual(7)
  })

  it('loses the pacing of its feed with that', async () => {
    const feed = feedOf('nightly')
    await want(feed)
    await targets.pace(feed.id, { polls: 8, errors: 0, nextProbeAt: 1 })
    await want()
    expect(await redis.exists(KEYS.target(feed.id))).toBe(0)
    await want(feed)
    expect(await targets.find(feed.id)).toEqual({ target: feed, pacing: { polls: 0, errors: 0 } })
  })

  it('is seen to again when the publication was cut short', async () => {
    await want(A)
    await ended('a')
    await want()
    // As if it had ended before the last step but one.
    await redis.sadd(KEYS.named, A.id)
    await redis.hdel(KEYS.configuration, 'published')
    await redis.persist(KEYS.build(A.id))
    await targets.publish({ digest: 'v2', targets: [], accountRoutes: new Map(), notifiers: [] })
    await expectExpiring('a')
    expect(await redis.exists(KEYS.named)).toBe(0)
  })

  it('stays for thousands of builds that one feed names', async () => {
    const builds = Array.from({ length: 3000 }, (_, at) => `build-${at}`)
    await ended('build-2999', false)
    await want(feedOf('nightly', ...builds))
    expect(await redis.scard(KEYS.named)).toBe(3000)
    expect(await lifeOf('build-2999')).toEqual([-1, -1])
  })
})
