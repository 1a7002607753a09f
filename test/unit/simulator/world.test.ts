import { expect, test } from '@jest/globals'
import { tracedJobs } from '../../../src/simulator/build-traces.js'
import { DEMO_TIME_SCALE, demoBuilds } from '../../../src/simulator/demo-builds.js'
import { createRateWindows } from '../../../src/simulator/rate-window.js'
import { createServedLog } from '../../../src/simulator/served-log.js'
import { createTokens, tokenId } from '../../../src/simulator/tokens.js'
import { createWorld } from '../../../src/simulator/world.js'

const clock = { now: () => 5_000_000 }
const refOf = (build: string) => ({ project: 'demo', kind: 'jobs', resource: 'web', build }) as const
const worldOf = (seed: number) => createWorld({ clock, timeScale: DEMO_TIME_SCALE, seed })

test('the traces hold a dozen jobs that take a minute and more', () => {
  const jobs = tracedJobs()
  expect(jobs.length).toBeGreaterThanOrEqual(12)
  expect(jobs.every(({ builds, medianMs }) => builds.length > 100 && medianMs >= 60_000)).toBe(true)
})

test('the same seed makes the same build, whatever others there are', () => {
  const [one, other] = [worldOf(7), worldOf(7)]
  other.add({ ref: refOf('another') })
  const { number: _, ...build } = one.add({ ref: refOf('b') })
  expect(other.add({ ref: refOf('b') })).toEqual({ ...build, number: 2 })
})

test('a key can be had once', () => {
  const world = worldOf(1)
  world.add({ ref: refOf('b') })
  expect(() => world.add({ ref: refOf('b') })).toThrow(/demo\/jobs\/web\/b already/)
})

test.each([
  [{ durationMs: -1 }, /durations are/],
  [{ startsInMs: Number.NaN }, /durations are/],
  [{ trace: 'nonsense' }, /choose one of web/],
])('a script that makes no sense is refused: %j', (script, message) => {
  expect(() => worldOf(1).add({ ref: refOf('b'), ...script })).toThrow(message)
})

test('the demo shows every outcome, mends a broken line, and is over before 13 real seconds', () => {
  const world = worldOf(1)
  const builds = demoBuilds().map((script) => world.add(script))
  const ends = builds.map(({ concludedAt }) => concludedAt - clock.now())
  expect(new Set(builds.map(({ outcome }) => outcome))).toEqual(
    new Set(['success', 'failure', 'crashed', 'aborted', 'submission_failure']),
  )
  const web = builds.filter(({ ref }) => ref.resource === 'web')
  expect(web.map(({ outcome, branch }) => [outcome, branch])).toEqual([
    ['failure', 'main'],
    ['success', 'main'],
  ])
  expect(Math.min(...ends)).toBeGreaterThan(3000)
  expect(Math.max(...ends)).toBeLessThan(13_000)
})

test('a window starts at the first request and the next one at the first request after its end', () => {
  let now = 100
  const windows = createRateWindows({ limit: 2, windowMs: 1500, clock: { now: () => now } })
  const seen = [100, 200, 300, 1599, 1600, 4000].map((at) => {
    now = at
    const { remaining, resetInSeconds, exceeded } = windows.count('a')
    return [remaining, resetInSeconds, exceeded]
  })
  expect(seen).toEqual([
    [1, 2, false],
    [0, 2, false],
    [0, 2, true],
    [0, 1, true],
    [1, 2, false],
    [1, 2, false],
  ])
  expect(windows.all().map(({ startedAt, requests, refused }) => [startedAt, requests, refused])).toEqual([
    [100, 4, 2],
    [1600, 1, 0],
    [4000, 1, 0],
  ])
})

test('tokens are told apart by hash, and spend the limit of their account', () => {
  const tokens = createTokens(['plain', { token: 'other', account: 'acme', permissions: ['readJobs'] }])
  expect(tokens.identify('Bearer plain')).toMatchObject({ account: 'default', tokenId: tokenId('plain') })
  expect(tokens.identify('bearer other')).toMatchObject({ account: 'acme', permissions: ['readJobs'] })
  expect(
    [undefined, '', 'Bearer', 'Basic plain', 'Bearer junk'].map((header) => tokens.identify(header)),
  ).toEqual(Array.from({ length: 5 }, () => undefined))
})

test('the log keeps the newest answers and their numbers', () => {
  const log = createServedLog(3)
  const answer = {
    startedAt: 0,
    at: 0,
    complete: true,
    method: 'GET',
    path: '/',
    status: 200,
    faults: [],
    builds: [],
  }
  for (let n = 0; n < 10; n++) log.add(answer)
  expect(log.since().map(({ number }) => number)).toEqual([8, 9, 10])
  expect(log.since(9).map(({ number }) => number)).toEqual([10])
})
