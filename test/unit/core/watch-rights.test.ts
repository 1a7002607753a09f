import { describe, expect, it } from '@jest/globals'
import { ended, feedBench, keyOf, running } from './feed-bench.js'
import { apiError, FEED_ID } from './fixtures.js'
import { TARGET, watchBench } from './watch-bench.js'

const GET = 'Project > Jobs > Deployment > Deploy Build'
const LIST = 'Project > Jobs > General > Read'
const noGet = () => apiError('API_FORBIDDEN', { permission: GET })
const noList = () => apiError('API_FORBIDDEN', { permission: LIST })
const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

describe('a token that may not read builds by id', () => {
  it('follows one through the list, and the log says once which right is missing', async () => {
    const bench = watchBench()
    bench.serve({ status: 'BUILDING' })
    bench.api.refuse('get', noGet())
    await bench.poll()
    await bench.poll()
    bench.serve({ status: 'SUCCESS', concluded: true, success: true })
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'concluded' })
    expect(bench.api.asked).toEqual([`get ${TARGET.ref.build}`, 'list', 'list', 'list'])
    expect(bench.recorded()).toEqual(['BUILDING', 'SUCCESS'])
    expect(bench.told().filter((line) => line.startsWith('warn'))).toEqual([
      'warn: the token lacks a permission; this is followed in another way',
    ])
    expect(bench.logger.lines.find(({ level }) => level === 'warn')?.fields).toMatchObject({
      permission: GET,
    })
    expect(bench.troubles.told).toEqual([])
  })

  it('is said in the pacing, for `status`', async () => {
    const bench = watchBench()
    bench.serve({ status: 'BUILDING' })
    bench.api.refuse('get', noGet())
    await bench.poll()
    expect(bench.targets.pacingOf(TARGET.id)).toMatchObject({ errors: 0, lacks: GET })
  })

  it('is tried again after an hour, for roles are edited', async () => {
    const bench = watchBench()
    bench.serve({ status: 'BUILDING' })
    bench.api.refuse('get', noGet())
    await bench.poll()
    bench.api.allow('get')
    bench.clock.advance(HOUR_MS)
    bench.api.newRequests()
    await bench.poll()
    expect(bench.api.newRequests()).toEqual([`get ${TARGET.ref.build}`])
    expect(bench.targets.pacingOf(TARGET.id)?.lacks).toBeUndefined()
  })

  it('takes a second permit, and comes back soon where there is none', async () => {
    const bench = watchBench()
    bench.serve({ status: 'BUILDING' })
    bench.api.refuse('get', noGet())
    bench.budget.leave(1)
    expect(await bench.poll()).toMatchObject({ kind: 'again' })
    expect(bench.troubles.of(TARGET.id).failing).toBeUndefined()
    bench.budget.leave(10)
    await bench.poll()
    expect(bench.recorded()).toEqual(['BUILDING'])
  })

  it('leaves a build of a watched job that is not listed where it is', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.unlist('a')
    bench.api.refuse('get', noGet())
    await bench.poll()
    bench.api.relist('a')
    bench.api.serve(ended('a', 2))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
  })
})

describe('a token that may not read lists', () => {
  it('follows by id the builds of a watched job that are known', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.refuse('list', noList())
    bench.api.serve(ended('a', 2))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
    expect(bench.pacing()).toMatchObject({ lacks: LIST, errors: 0 })
  })

  it('cannot watch a job of which nothing is known: forbidden, told once, asked once an hour', async () => {
    const bench = feedBench()
    bench.api.refuse('list', noList())
    await bench.poll()
    bench.clock.advance(5000)
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: HOUR_MS })
    bench.clock.advance(HOUR_MS)
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: HOUR_MS })
    expect(bench.troubles.told.map(({ event }) => event.id)).toEqual([`${FEED_ID}!forbidden.1`])
  })
})

describe('a build that is forbidden on every path', () => {
  it('is asked for once an hour, after a day once a day, and given up after a week: told, and no outcome invented', async () => {
    const bench = watchBench()
    bench.serve({ status: 'BUILDING' })
    await bench.poll()
    bench.api.refuse('get', noGet())
    bench.api.refuse('list', noList())
    await bench.poll()
    bench.clock.advance(5000)
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: HOUR_MS })
    bench.clock.advance(DAY_MS)
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: DAY_MS })
    bench.clock.advance(6 * DAY_MS)
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'abandoned' })
    expect(bench.targets.isAbandoned(TARGET.id)).toBe(true)
    expect(bench.troubles.told.map(({ event }) => event.id)).toEqual([
      `${TARGET.id}!forbidden.1`,
      `${TARGET.id}!abandoned.2`,
    ])
    expect(bench.recorded()).toEqual(['BUILDING'])
  })
})

describe('a build that is gone', () => {
  const gone = () => apiError('API_NOT_FOUND', { status: 404 })

  it('counts as gone after three answers apart, a minute old at least', async () => {
    const bench = watchBench()
    bench.api.refuse('get', gone())
    for (const ms of [0, 100, 20_000, 20_000]) {
      bench.clock.advance(ms)
      await bench.poll()
    }
    expect(bench.troubles.told).toEqual([])
    bench.clock.advance(30_000)
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: HOUR_MS })
    expect(bench.troubles.told.map(({ event }) => event.id)).toEqual([`${TARGET.id}!gone.1`])
  })

  it('that is there again is told to have recovered, and goes on', async () => {
    const bench = watchBench()
    bench.api.refuse('get', gone())
    for (const ms of [0, 30_000, 30_000]) {
      bench.clock.advance(ms)
      await bench.poll()
    }
    bench.api.allow('get')
    bench.serve({ status: 'BUILDING' })
    bench.clock.advance(HOUR_MS)
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: 2000 })
    expect(bench.troubles.told.map(({ event }) => event.id)).toEqual([
      `${TARGET.id}!gone.1`,
      `${TARGET.id}!recovered.1`,
    ])
    expect(bench.troubles.told[1]?.event.data).toMatchObject({ lastedMs: HOUR_MS })
  })

  it('in a watched job is asked for less and less and then forgotten; the others are followed as ever', async () => {
    const bench = feedBench()
    bench.api.serve(running('lost', 1))
    bench.api.serve(running('b', 2))
    await bench.poll()
    bench.api.remove('lost')
    for (const ms of [0, 30_000, 30_000, 30_000]) {
      bench.clock.advance(ms)
      await bench.poll()
    }
    bench.api.newRequests()
    bench.clock.advance(60_000)
    await bench.poll()
    expect(bench.api.newRequests()).toEqual(['list'])
    bench.clock.advance(HOUR_MS)
    await bench.poll()
    expect(bench.api.newRequests()).toEqual(['list', 'get lost'])
    bench.clock.advance(8 * DAY_MS)
    await bench.poll()
    expect(bench.records.isActive(keyOf('lost'))).toBe(false)
    expect(bench.troubles.told.map(({ event }) => event.id)).toEqual([
      `${keyOf('lost')}!gone.1`,
      `${keyOf('lost')}!abandoned.2`,
    ])
    bench.api.serve(ended('b', 3))
    await bench.poll()
    expect(bench.events()).toEqual(['lost#BUILDING', 'b#BUILDING', 'b#concluded'])
  })
})
