import { describe, expect, test } from '@jest/globals'
import * as fc from 'fast-check'
import { OUTCOMES } from '../../../src/domain/outcome.js'
import { type ArrivalPlan, arrivals } from '../../../src/simulator/arrivals.js'
import { parseArrivals, readArrivals } from '../../../src/simulator/read-arrivals.js'

const resource = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const HOUR_MS = 3_600_000

function many(plan: Partial<ArrivalPlan>, seed = 1) {
  return arrivals({ resource, perHour: 60, count: 2000, ...plan }, seed)
}

function share<T>(items: readonly T[], isSo: (item: T) => boolean): number {
  return items.filter(isSo).length / items.length
}

describe('arrivals', () => {
  test('come at their rate on average, at random', () => {
    const starts = many({}).map(({ startsInMs = 0 }) => startsInMs)
    const gaps = starts.map((at, index) => at - (starts[index - 1] ?? 0))
    const mean = (starts.at(-1) ?? 0) / gaps.length
    expect(Math.abs(mean - HOUR_MS / 60)).toBeLessThan(0.1 * (HOUR_MS / 60))
    // Of a Poisson process 63 % of the pauses are shorter than the mean.
    expect(share(gaps, (gap) => gap < mean)).toBeCloseTo(0.632, 1)
    expect(gaps.every((gap) => gap >= 0)).toBe(true)
  })

  test('come one after each pause where that is given, from a start that may lie in the past', () => {
    const scripts = many({ perHour: undefined, everyMs: 500, count: 3, startsInMs: -1000 })
    expect(scripts.map(({ startsInMs }) => startsInMs)).toEqual([-500, 0, 500])
  })

  test('are called by their prefix', () => {
    expect(many({ count: 2, prefix: 'night' }).map(({ ref }) => ref.build)).toEqual(['night-1', 'night-2'])
  })

  test('belong to pull requests by their share, a few to each, and to the branches otherwise', () => {
    const scripts = many({ pullRequestShare: 0.3, branches: ['main', 'develop'] })
    expect(share(scripts, ({ pullRequestId }) => pullRequestId !== null)).toBeCloseTo(0.3, 1)
    const ofOne = scripts.filter(({ pullRequestId }) => pullRequestId === 101)
    expect(ofOne.length).toBeGreaterThan(1)
    expect(new Set(ofOne.map(({ branch }) => branch))).toEqual(new Set(['change-101']))
    const others = scripts.filter(({ pullRequestId }) => pullRequestId === null)
    expect(share(others, ({ branch }) => branch === 'main')).toBeCloseTo(0.5, 1)
    expect(new Set(others.map(({ branch }) => branch))).toEqual(new Set(['main', 'develop']))
  })

  test('are of main and of no pull request unless said otherwise', () => {
    const scripts = many({ count: 50 })
    expect(scripts.every(({ branch, pullRequestId }) => branch === 'main' && pullRequestId === null)).toBe(
      true,
    )
  })

  test('end by the weights of the outcomes, and as real builds do without', () => {
    const scripts = many({ outcomes: { success: 6, failure: 3, aborted: 1, crashed: 0 } })
    expect(share(scripts, ({ outcome }) => outcome === 'success')).toBeCloseTo(0.6, 1)
    expect(share(scripts, ({ outcome }) => outcome === 'aborted')).toBeCloseTo(0.1, 1)
    expect(scripts.some(({ outcome }) => outcome === 'crashed')).toBe(false)
    for (let seed = 1; seed <= 30; seed++)
      expect(share(many({ count: 300 }, seed), ({ outcome }) => outcome === 'success')).toBeGreaterThan(0.2)
    expect(share(many({ trace: 'broker' }), ({ outcome }) => outcome === 'success')).toBe(0)
  })

  test('last as they are told, or as the builds of one real job', () => {
    expect(new Set(many({ durationMs: 7 }).map(({ durationMs }) => durationMs))).toEqual(new Set([7]))
    const drawn = many({ outcomes: { success: 1 } })
    expect(new Set(drawn.map(({ trace }) => trace)).size).toBe(1)
    expect(new Set(drawn.map(({ durationMs }) => durationMs)).size).toBeGreaterThan(20)
  })

  test('are the same for the same seed, and begin and end alike whatever lines they are of', () => {
    const plan = { outcomes: { success: 1, failure: 1 } }
    expect(many(plan, 5)).toEqual(many({ ...plan, seed: 5 }, 1))
    expect(many(plan, 5)).not.toEqual(many(plan, 6))
    const facts = (pullRequestShare: number) =>
      many({ ...plan, pullRequestShare }).map(({ startsInMs, outcome, durationMs }) => [
        startsInMs,
        outcome,
        durationMs,
      ])
    expect(facts(0)).toEqual(facts(0.9))
  })

  test.each<[Partial<ArrivalPlan>, RegExp]>([
    [{ everyMs: 1 }, /one of everyMs and perHour/],
    [{ perHour: undefined }, /one of everyMs and perHour/],
    [{ perHour: 0 }, /perHour must be above 0/],
    [{ perHour: undefined, everyMs: -1 }, /everyMs must be 0 or more/],
    [{ count: 0 }, /count must be/],
    [{ count: 1.5 }, /count must be/],
    [{ pullRequestShare: 1.1 }, /pullRequestShare must be/],
    [{ branches: [] }, /branches must name one/],
    [{ outcomes: {} }, /outcomes must be weights/],
    [{ outcomes: { success: 2, failure: -1 } }, /outcomes must be weights/],
    [{ outcomes: { success: Number.NaN } }, /outcomes must be weights/],
  ])('are refused where they make no sense: %j', (plan, words) => {
    expect(() => many(plan)).toThrow(
      expect.objectContaining({ code: 'USAGE', message: expect.stringMatching(words) }),
    )
  })
})

describe('a plan in one line', () => {
  test('says all that a plan in JSON says', () => {
    const text =
      'teams/acme/shop/services/api,perHour=30,count=50,startsInMs=-5000,branch=main,branch=release/1,' +
      'pullRequestShare=0.2,success=8,failure=2,durationMs=9,trace=web,prefix=run,seed=3'
    expect(parseArrivals(text)).toEqual({
      resource: { team: 'acme', project: 'shop', kind: 'services', resource: 'api' },
      perHour: 30,
      count: 50,
      startsInMs: -5000,
      branches: ['main', 'release/1'],
      pullRequestShare: 0.2,
      outcomes: { success: 8, failure: 2 },
      durationMs: 9,
      trace: 'web',
      prefix: 'run',
      seed: 3,
    })
  })

  test.each([
    ['', 'resource must be'],
    ['shop/jobs', 'resource must be'],
    ['shop/jobs/web/b-1', 'resource must be'],
    ['shop/jobs/web,perHour', '"perHour" is no name=value'],
    ['shop/jobs/web,perHour=', '"perHour=" is no name=value'],
    ['shop/jobs/web,perHour=fast', 'perHour must be a number'],
    ['shop/jobs/web,pace=3', 'pace is not known'],
    ['shop/jobs/web,success=-1', 'outcomes.success must be'],
    ['shop,resource=shop/jobs/web', 'resource must be'],
  ])('is refused with its problem and an example: %j', (text, problem) => {
    expect(() => parseArrivals(text)).toThrow(
      expect.objectContaining({
        code: 'USAGE',
        message: expect.stringMatching(/shop\/jobs\/nightly,perHour=30/),
      }),
    )
    expect(() => parseArrivals(text)).toThrow(problem)
  })

  test('never escapes as anything but a plan or a USAGE error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        try {
          expect(parseArrivals(`shop/jobs/web,${text}`).resource.resource).toBe('web')
        } catch (error) {
          expect(error).toMatchObject({ code: 'USAGE' })
        }
      }),
    )
  })
})

test('whatever plan can be read either makes as many builds as it says, in order of time, or is refused', () => {
  const number = fc.oneof(fc.nat(50), fc.double())
  const json = fc.record(
    {
      resource: fc.constant('shop/jobs/web'),
      count: fc.integer({ min: 1, max: 50 }),
      everyMs: number,
      perHour: number,
      startsInMs: number,
      pullRequestShare: fc.double({ min: 0, max: 1, noNaN: true }),
      outcomes: fc.dictionary(fc.constantFrom(...OUTCOMES), number),
      seed: fc.nat(),
    },
    { requiredKeys: ['resource'] },
  )
  fc.assert(
    fc.property(json, (plan) => {
      const reading = readArrivals(plan)
      if (reading.kind === 'wrong') return expect(reading.problems).not.toEqual([])
      try {
        const starts = arrivals(reading.value, 1).map(({ startsInMs = Number.NaN }) => startsInMs)
        expect(starts).toHaveLength(plan.count ?? 100)
        expect(starts).toEqual(starts.toSorted((a, b) => a - b))
      } catch (error) {
        expect(error).toMatchObject({ code: 'USAGE' })
      }
    }),
  )
})
