/** What goes wrong while `watch` asks the API. */
import { describe, expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.js'
import { captured } from '../../unit/cli/captured.js'
import { JOB, pastScript, scriptOf, TOKEN, watchBench } from './watch-bench.js'

const bench = watchBench()
const ENDLESS = { steps: [{ status: 'BUILDING', forMs: 600_000 }] }

const answered = (count: number) =>
  eventually(() => bench.asked().length >= count, { what: `${count} answers`, withinMs: 10_000 })

describe('a build that is not there', () => {
  it('is waited for until it appears', async () => {
    bench.api().addBuild(pastScript('old'))
    const watching = bench.watch(`${JOB}/b-1`)
    await answered(2)
    bench.api().addBuild(scriptOf('b-1'))
    const { code, stderr } = await watching
    expect(code).toBe(0)
    expect(stderr).toMatch(/\nshop\/jobs\/nightly\/b-1 is not there yet; it is waited for\n$/)
  })

  it('ends with 5 when it does not appear in time', async () => {
    bench.api().addBuild(pastScript('old'))
    const { code, stdout, stderr } = await bench.watch(`${JOB}/b-1`, '--appear-timeout', '300ms')
    expect({ code, stdout }).toEqual({ code: 5, stdout: '' })
    expect(stderr).toMatch(/\nbuildwatchd: API_NOT_FOUND: .*\n$/)
  })

  it('ends with 5 when it was seen and goes for good', async () => {
    bench.api().addBuild(scriptOf('b-1', ENDLESS))
    const watching = bench.watch(`${JOB}/b-1`, '--appear-timeout', '300ms')
    await answered(1)
    bench.api().fault({ kind: 'not_found' })
    expect(await watching).toMatchObject({ code: 5 })
  })

  it('goes on when a 404 has passed', async () => {
    bench.api().addBuild(scriptOf('b-1'))
    bench.api().fault({ kind: 'not_found', times: 2 })
    expect(await bench.watch(`${JOB}/b-1`)).toMatchObject({ code: 0 })
  })
})

describe('a token', () => {
  it('that is not accepted ends it with 4', async () => {
    bench.api().addBuild(scriptOf('b-1', ENDLESS))
    const watching = bench.watch(`${JOB}/b-1`)
    await answered(1)
    bench.api().revoke(TOKEN)
    const { code, stderr } = await watching
    expect(code).toBe(4)
    expect(stderr).toMatch(/\nbuildwatchd: API_UNAUTHORIZED: .*\n$/)
  })

  it('that may only read lists is enough', async () => {
    bench.api().addBuild(scriptOf('b-1'))
    bench.api().fault({ kind: 'forbidden', path: '/build/b-1$' })
    expect(await bench.watch(`${JOB}/b-1`)).toMatchObject({ code: 0 })
  })

  it('that may only read builds by their ids is enough', async () => {
    bench.api().addBuild(scriptOf('b-1'))
    bench.api().fault({ kind: 'forbidden', path: '/build\\?' })
    expect(await bench.watch(`${JOB}/b-1`)).toMatchObject({ code: 0 })
  })

  it('that may read neither ends it with 4', async () => {
    bench.api().addBuild(scriptOf('b-1'))
    bench.api().fault({ kind: 'forbidden' })
    expect(await bench.watch(`${JOB}/b-1`)).toMatchObject({ code: 4 })
  })
})

describe('an API that gives no answer', () => {
  it('is asked again, and said once to be so', async () => {
    bench.api().addBuild(scriptOf('b-1'))
    bench.api().fault({ kind: 'server_error', times: 4 })
    const { code, stderr } = await bench.watch(`${JOB}/b-1`)
    expect(code).toBe(0)
    expect(stderr.match(/API_UNREACHABLE/g)).toHaveLength(1)
  })

  it('makes the time run out with 6', async () => {
    bench.api().addBuild(scriptOf('b-1', ENDLESS))
    bench.api().fault({ kind: 'server_error' })
    expect(await bench.watch(`${JOB}/b-1`, '--timeout', '2s')).toMatchObject({ code: 6 })
  })

  it('that hangs from the start makes the time run out with 6', async () => {
    bench.api().addBuild(scriptOf('b-1', ENDLESS))
    bench.api().fault({ kind: 'hang' })
    expect(await bench.watch(`${JOB}/b-1`, '--timeout', '500ms')).toMatchObject({ code: 6 })
  })

  it('that hangs once costs a deadline and no end', async () => {
    bench.api().addBuild(scriptOf('b-1'))
    bench.api().fault({ kind: 'hang', times: 1, path: '/build/b-1$' })
    expect(await bench.watch(`${JOB}/b-1`)).toMatchObject({ code: 0 })
  })

  it('leads elsewhere: that ends with 2', async () => {
    bench.api().fault({ kind: 'wrong_route' })
    expect(await bench.watch(`${JOB}/b-1`)).toMatchObject({ code: 2 })
  })
})

it('ends with 124 when the time is up and the last answer was good', async () => {
  bench.api().addBuild(scriptOf('b-1', ENDLESS))
  const { code, stderr } = await bench.watch(`${JOB}/b-1`, '--timeout', '700ms')
  expect(code).toBe(124)
  expect(stderr).toMatch(
    /\nbuildwatchd: WATCH_TIMED_OUT: shop\/jobs\/nightly\/b-1 is still BUILDING after .*\n$/,
  )
})

describe('the allowance of the account', () => {
  it('is waited for after a 429, and nothing is asked before', async () => {
    bench.api().addBuild(scriptOf('b-1'))
    bench.api().fault({ kind: 'throttled', times: 1, retryAfter: '1', bare: true })
    const { code, stderr } = await bench.watch(`${JOB}/b-1`)
    expect(code).toBe(0)
    expect(stderr).toMatch(/\nAPI_THROTTLED: /)
    const [refused, next] = bench.api().served()
    expect(refused?.status).toBe(429)
    expect((next?.startedAt ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(950)
  }, 30_000)

  it('is never spent to what is left to others', async () => {
    await bench.restart({ limit: 16, windowMs: 2000 })
    bench.api().addBuild(scriptOf('b-1', { steps: [{ status: 'BUILDING', forMs: 5000 }] }))
    const { code, stderr } = await bench.watch(`${JOB}/b-1`)
    expect(code).toBe(0)
    expect(stderr).toMatch(/\nthe account has \d requests of 16 left, which are left to others; /)
    const windows = bench.api().requests()
    expect(windows.length).toBeGreaterThan(1)
    expect(Math.max(...windows.map(({ requests }) => requests))).toBeLessThanOrEqual(8)
  }, 30_000)
})

it('speaks of the token that is missing, not of a daemon that nobody has named', async () => {
  const { code, stderr } = await captured(['watch', `${JOB}/b-1`], {})
  expect(code).toBe(2)
  expect(stderr).toContain('NORTHFLANK_API_TOKEN')
  expect(stderr).not.toContain('REDIS_UNREACHABLE')
})

it('speaks of the daemon where it is to be followed and nothing else', async () => {
  const { code, stderr } = await captured(['watch', '--via', 'redis', `${JOB}/b-1`], {})
  expect(code).toBe(6)
  expect(stderr).toContain('REDIS_UNREACHABLE')
})
