import { beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { Claim } from '../../../src/domain/cadence.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBudget } from '../../../src/store/budget.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { createPlanningStore } from '../../../src/store/planning.js'
import { createTargets } from '../../../src/store/targets.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { endOf, minute } from './ended-builds.js'
import { entryFor, KEYS, REF, refOf, snapshotOf, targetOf, testClock, testLogger } from './store-fixtures.js'

const MINUTE = 60_000
const { build: _, ...JOB } = REF

describeEachRedis('what planning goes by', (engine) => {
  let redis: Redis
  let clock: ReturnType<typeof testClock>
  let planning: ReturnType<typeof createPlanningStore>
  let budget: ReturnType<typeof createBudget>

  const reserves = () => ({ kind: 'share', share: 0.1 }) as const

  beforeEach(() => {
    redis = engine.connect()
    clock = testClock()
    budget = createBudget({ redis, keys: KEYS, clock, reserves })
    planning = createPlanningStore({ redis, keys: KEYS, clock, budget, reserves })
  })

  it('is, of a job, how long its builds have taken, the newest first, and which of them run', async () => {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    await records.record(entryFor(UNRECORDED, endOf({ build: 'old', created: 0, ended: 3 })))
    await records.record(entryFor(UNRECORDED, endOf({ build: 'new', created: 10, ended: 12 })))
    const createdAt = new Date(minute(15)).toISOString()
    await records.record(entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING', createdAt }, refOf('runs'))))
    await records.record(entryFor(UNRECORDED, snapshotOf({ status: 'BUILDING' }, refOf('ageless'))))
    expect(await planning.job(JOB)).toEqual({
      ended: [
        { createdAt: minute(10), durationMs: 2 * MINUTE },
        { createdAt: minute(0), durationMs: 3 * MINUTE },
      ],
      active: [{ build: 'ageless' }, { build: 'runs', createdAt: minute(15) }],
    })
  })

  it('is, of a build that is watched for itself, whether it runs, whatever else of its job does', async () => {
    const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
    for (const build of ['one', 'other'])
      await records.record(
        entryFor(
          UNRECORDED,
          snapshotOf({ status: 'BUILDING', createdAt: new Date(minute(15)).toISOString() }, refOf(build)),
        ),
      )
    expect(await planning.job(refOf('one'))).toEqual({
      ended: [],
      active: [{ build: 'one', createdAt: minute(15) }],
    })
    expect(await planning.job(refOf('none'))).toEqual({ ended: [], active: [] })
  })

  it('is nothing of a job that nobody has seen', async () => {
    expect(await planning.job(JOB)).toEqual({ ended: [], active: [] })
  })

  it('is what an account shares, changed only by who has read it as it is', async () => {
    expect(await planning.account('default')).toBeUndefined()
    expect(await planning.swapAccount('default', undefined, 'one')).toBe(true)
    expect(await planning.swapAccount('default', undefined, 'other')).toBe(false)
    expect(await planning.swapAccount('default', 'zero', 'other')).toBe(false)
    expect(await planning.swapAccount('default', 'one', 'two')).toBe(true)
    expect(await planning.account('default')).toBe('two')
    expect(await redis.pttl(KEYS.planning('default'))).toBeGreaterThan(179 * 86_400_000)
  })

  it('is what the open targets of an account claim of its budget', async () => {
    const targets = createTargets({ redis, keys: KEYS, clock, replica: 'one' })
    const ids = ['a', 'b', 'c', 'd', 'e']
    const configuration = {
      digest: 'v1',
      targets: ids.map(targetOf),
      accountRoutes: new Map(),
      notifiers: [],
    }
    await targets.claim(configuration)
    await targets.publish(configuration)
    const claims: Omit<Claim, 'account'>[] = [
      { appetite: 1, fixedPerS: 0, urgency: 2, active: 1 },
      { appetite: 2, fixedPerS: 0, urgency: 4, active: 3 },
      { appetite: 0.5, fixedPerS: 0, urgency: 0, active: 0 },
      { appetite: 50, fixedPerS: 0, urgency: 9, active: 1 },
    ]
    for (const [nth, claim] of claims.entries())
      await targets.pace(targetOf(ids[nth] ?? '').id, {
        polls: 1,
        errors: 0,
        claim: { account: nth === 3 ? 'other' : 'default', ...claim },
      })
    expect(await planning.claims('default')).toEqual({
      appetite: 3.5,
      fixedPerS: 0,
      urgency: 3,
      active: 2,
      idle: 1,
    })
    await targets.finish(targetOf('b').id)
    expect(await planning.claims('default')).toEqual({
      appetite: 1.5,
      fixedPerS: 0,
      urgency: 2,
      active: 1,
      idle: 1,
    })
    expect(await planning.claims('nobody')).toEqual({
      appetite: 0,
      fixedPerS: 0,
      urgency: 0,
      active: 0,
      idle: 0,
    })
  })

  it('leaves out the claims that are not whole, and polls their targets as if there were none', async () => {
    const targets = createTargets({ redis, keys: KEYS, clock, replica: 'one' })
    const broken = ['', '{', 'null', '{"account":"default"}', '{"account":"default","appetite":null}']
    const ids = broken.map((_, nth) => `broken-${nth}`)
    const configuration = {
      digest: 'v1',
      targets: [...ids, 'whole'].map(targetOf),
      accountRoutes: new Map(),
      notifiers: [],
    }
    await targets.claim(configuration)
    await targets.publish(configuration)
    const claim = { account: 'default', appetite: 1, fixedPerS: 0, urgency: 2, active: 1 }
    await targets.pace(targetOf('whole').id, { polls: 1, errors: 0, claim })
    for (const [nth, text] of broken.entries())
      await redis.hset(KEYS.target(targetOf(ids[nth] ?? '').id), 'claim', text)
    expect(await planning.claims('default')).toEqual({
      appetite: 1,
      fixedPerS: 0,
      urgency: 2,
      active: 1,
      idle: 0,
    })
    for (const id of ids)
      expect((await targets.find(targetOf(id).id))?.pacing).toEqual({ polls: 0, errors: 0 })
  })

  it('is how the budget stands, and how full its bucket is by now', async () => {
    expect(await planning.standing('default')).toBeUndefined()
    const first = await budget.take('default', 'planned')
    if (first.kind === 'denied') throw new Error('denied')
    await budget.learn('default', first.number, {
      limit: 1000,
      remaining: 999,
      resetInMs: 3_600_000,
      throttled: false,
    })
    for (let nth = 0; nth < 99; nth += 1) await budget.take('default', 'planned')
    const dry = await planning.standing('default')
    expect(dry).toMatchObject({ limit: 1000, remaining: 900, reserve: 100, ours: 100, bucket: 0 })
    clock.advance(60_000)
    const later = await planning.standing('default')
    expect(later?.bucket).toBeCloseTo(((800 / 3601) * 60) / 100, 2)
    clock.advance(3_600_000)
    expect(await planning.standing('default')).toMatchObject({ bucket: 1, resetInMs: 0, used: 0 })
  })
})
