import { describe, expect, it } from '@jest/globals'
import { beginFollowing, missed, sighted } from '../../../src/core/followed-build.js'
import { createPauses } from '../../../src/core/watch-pauses.js'
import { ApiError } from '../../../src/domain/errors.js'
import { snapshotOf } from '../../integration/store/store-fixtures.js'

const START_AT = Date.UTC(2026, 0, 5, 12)
const JOB = { project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const rails = { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 }

/** Builds of the past that took about so long. */
function pastOf(count: number, tookS: number) {
  return Array.from({ length: count }, (_, at) => {
    const createdAt = START_AT - (at + 1) * 3_600_000
    const concludedAt = (createdAt + (tookS + 5 * (at % 7)) * 1000) / 1000
    const build = {
      createdAt: new Date(createdAt).toISOString(),
      concluded: true,
      buildConcludedAt: concludedAt,
    }
    return snapshotOf(build, { ...JOB, build: `past-${at}` }, START_AT)
  })
}

/** Ages in seconds at which a build is asked for that takes so long. */
function askedAt(past: ReturnType<typeof pastOf>, tookS: number): number[] {
  let now = START_AT
  const pauses = createPauses(JOB, { clock: { now: () => now }, random: () => 0.5, rails })
  const seen = { status: 'BUILDING', createdAt: new Date(START_AT).toISOString() }
  const begun = beginFollowing({ kind: 'named', ref: { ...JOB, build: 'a' } }, now)
  const build = sighted(begun, snapshotOf(seen, { ...JOB, build: 'a' }, now), 'default').build
  pauses.learn({ snapshots: past, isList: true, unseen: new Map() })
  const ages: number[] = []
  while (now < START_AT + tookS * 1000) {
    ages.push((now - START_AT) / 1000)
    now += pauses.afterAnswer([build], {})
  }
  return [...ages, (now - START_AT) / 1000]
}

describe('the pauses between looks', () => {
  it('are learned: few before builds of the job usually end, many about then', () => {
    const ages = askedAt(pastOf(40, 480), 500)
    expect(ages.length).toBeLessThan(25)
    const about = ages.filter((age) => age >= 470).length
    const before = ages.filter((age) => age < 400).length
    expect(about / 30).toBeGreaterThan(before / 400)
    expect((ages.at(-1) ?? 0) - 500).toBeLessThan(15)
  })

  it('are no longer than the build is old, so that its early statuses are seen', () => {
    const ages = askedAt(pastOf(40, 480), 500)
    expect(ages.slice(0, 5)).toEqual([0, 2, 4, 8, 16])
  })

  it('are longer for a young build, too, where little of the hour is left', () => {
    const now = START_AT + 8000
    const pauses = createPauses(JOB, { clock: { now: () => now }, random: () => 0.5, rails })
    const seen = { status: 'QUEUED', createdAt: new Date(START_AT).toISOString() }
    const begun = beginFollowing({ kind: 'named', ref: { ...JOB, build: 'a' } }, now)
    const build = sighted(begun, snapshotOf(seen, { ...JOB, build: 'a' }, now), 'default').build
    pauses.learn({ snapshots: pastOf(40, 480), isList: true, unseen: new Map() })
    const resetAt = now + 3_600_000
    expect(pauses.afterAnswer([build], { limit: 1000, remaining: 1000, resetAt })).toBe(8000)
    expect(pauses.afterAnswer([build], { limit: 1000, remaining: 200, resetAt })).toBeGreaterThan(20_000)
  })

  it('grow as after any good answer where too little is known, and keep within the rails', () => {
    const ages = askedAt(pastOf(2, 480), 500)
    const steps = ages.slice(1).map((age, at) => age - (ages[at] ?? 0))
    expect(Math.min(...steps)).toBeGreaterThanOrEqual(2)
    expect(Math.max(...steps)).toBeLessThanOrEqual(60)
    expect(steps.at(-1)).toBeGreaterThan(10 * (steps[0] ?? 0))
  })

  it('stay short for a build that is not there yet', () => {
    const pauses = createPauses(JOB, { clock: { now: () => START_AT }, random: () => 1, rails })
    const error = new ApiError('API_NOT_FOUND', 'no', { retryable: true })
    const begun = beginFollowing({ kind: 'named', ref: { ...JOB, build: 'a' } }, START_AT)
    const away = missed(begun, error, { now: START_AT, appearMs: 60_000 })
    const steps = Array.from({ length: 20 }, () => pauses.afterAnswer([away], {}))
    expect(Math.max(...steps)).toBeLessThanOrEqual(10_000)
  })

  it('grow with the number of those that are not there, for each takes a request', () => {
    const error = new ApiError('API_NOT_FOUND', 'no', { retryable: true })
    const away = Array.from({ length: 60 }, (_, at) => {
      const begun = beginFollowing({ kind: 'named', ref: { ...JOB, build: `b-${at}` } }, START_AT)
      return missed(begun, error, { now: START_AT, appearMs: 60_000 })
    })
    const firstOf = (open: typeof away) =>
      createPauses(JOB, { clock: { now: () => START_AT }, random: () => 0.5, rails }).afterAnswer(open, {})
    expect(firstOf(away)).toBe(12 * firstOf(away.slice(0, 5)))
  })

  it('after a failure double, each run of failures anew', () => {
    const pauses = createPauses(JOB, { clock: { now: () => START_AT }, random: () => 0.5, rails })
    const fail = () => pauses.afterFailure(new ApiError('API_UNREACHABLE', 'no', { retryable: true }))
    expect([fail(), fail(), fail()]).toEqual([2000, 4000, 8000])
    pauses.afterAnswer([], {})
    expect(fail()).toBe(2000)
  })

  it('double for a build that alone fails, while the others are shown', () => {
    const pauses = createPauses(JOB, { clock: { now: () => START_AT }, random: () => 0.5, rails })
    const error = new ApiError('API_BAD_RESPONSE', 'no', { retryable: true })
    const begun = beginFollowing({ kind: 'named', ref: { ...JOB, build: 'a' } }, START_AT)
    const failing = missed(begun, error, { now: START_AT, appearMs: 60_000 })
    const pause = () => pauses.afterAnswer([failing], {})
    expect([pause(), pause(), pause()]).toEqual([2000, 4000, 8000])
  })
})
