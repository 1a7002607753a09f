import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { abandoned, NO_TROUBLE, type TroubleRecord } from '../../../src/domain/trouble.js'
import { createTroubles } from '../../../src/store/troubles.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS, START_AT, targetOf, testLogger } from './store-fixtures.js'
import { feedOf, type Publisher, publisher } from './target-fixtures.js'

const A = targetOf('a')
const B = targetOf('b')
const GONE: TroubleRecord = { rev: 4, episode: 2, trouble: 'gone', since: START_AT }
const FAILING: NonNullable<TroubleRecord['failing']> = {
  kind: 'gone',
  since: START_AT,
  count: 3,
  lastAt: START_AT,
  code: 'API_NOT_FOUND',
  detail: 'it says "trouble":"none"',
}
const GIVEN_UP = abandoned({ ...GONE, failing: FAILING }, START_AT + 1000).next

describeEachRedis('a target that is abandoned', (engine) => {
  let redis: Redis
  let targets: Publisher['targets']
  let want: Publisher['want']

  beforeEach(() => {
    redis = engine.connect()
    ;({ targets, want } = publisher(redis))
  })

  const troubles = () => createTroubles({ redis, keys: KEYS, logger: testLogger() })
  const troubleOf = async (subject: string) => (await troubles().read([subject]))[0]
  const setTrouble = (subject: string, record: TroubleRecord) =>
    redis.hset(KEYS.trouble(subject), 'rev', record.rev, 'record', JSON.stringify(record))

  it('is found, paced and swept no more, whatever is published again', async () => {
    await want(A, B)
    await targets.abandon(A.id)
    await want(A, B)
    expect(await targets.find(A.id)).toBeUndefined()
    expect(await targets.pace(A.id, { polls: 1, errors: 0 })).toBe(false)
    expect(await targets.unfinished()).toEqual([{ id: B.id }])
  })

  it('is nothing when it is no longer wanted', async () => {
    await want(A)
    await want()
    await targets.abandon(A.id)
    expect(await redis.exists(KEYS.target(A.id))).toBe(0)
  })

  it('is open again after a resume, due at once and as if it had never been asked', async () => {
    await want(A, B)
    await targets.pace(A.id, { polls: 0, errors: 9, nextProbeAt: START_AT, failure: 'API_NOT_FOUND' })
    await targets.pace(B.id, { polls: 4, errors: 0, nextProbeAt: START_AT })
    await targets.abandon(A.id)
    await targets.resume()
    expect(await targets.find(A.id)).toEqual({ target: A, pacing: { polls: 0, errors: 0 } })
    expect(await targets.unfinished()).toEqual(
      expect.arrayContaining([{ id: A.id }, { id: B.id, nextProbeAt: START_AT }]),
    )
  })

  it('begins its trouble anew with a resume, in the same episode', async () => {
    await want(A)
    await setTrouble(A.id, GIVEN_UP)
    await targets.abandon(A.id)
    await targets.resume()
    expect(await troubleOf(A.id)).toEqual({ rev: GIVEN_UP.rev + 1, episode: GIVEN_UP.episode })
    expect(await redis.hget(KEYS.trouble(A.id), 'rev')).toBe(String(GIVEN_UP.rev + 1))
    expect(await redis.ttl(KEYS.trouble(A.id))).toBeGreaterThan(29 * 86_400)
  })

  it('can be noted again under its renewed trouble', async () => {
    await want(A)
    await setTrouble(A.id, GIVEN_UP)
    await targets.abandon(A.id)
    await targets.resume()
    const known = (await troubleOf(A.id)) ?? NO_TROUBLE
    expect(await troubles().note(A.id, { ...known, rev: known.rev + 1 })).toBe(true)
  })

  it('leaves finished targets and other troubles as they are when it is resumed', async () => {
    await want(A, B)
    await targets.finish(A.id)
    await setTrouble(A.id, GONE)
    await targets.abandon(B.id)
    await targets.resume()
    expect(await targets.find(A.id)).toBeUndefined()
    expect(await troubleOf(A.id)).toEqual(GONE)
    expect(await targets.unfinished()).toEqual([{ id: B.id }])
  })

  it('is asked for again too where it is a build that its feed follows', async () => {
    await want(feedOf('nightly', 'a'))
    await setTrouble(A.id, GIVEN_UP)
    await targets.resume()
    expect(await troubleOf(A.id)).toEqual({ rev: GIVEN_UP.rev + 1, episode: GIVEN_UP.episode })
    expect(await redis.exists(KEYS.target(A.id))).toBe(0)
  })
})
