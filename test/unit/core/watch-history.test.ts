import { describe, expect, it } from '@jest/globals'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { ended, feedBench, keyOf, running } from './feed-bench.js'
import { DAY_MS, feedOf, interestOf, namedOf } from './fixtures.js'

const DAY_MIN = DAY_MS / 60_000

describe('the first look at a job', () => {
  it('records what has concluded as history: on record, and told to nobody', async () => {
    const bench = feedBench()
    bench.api.serve(ended('old', -100))
    bench.api.serve(ended('older', -200, { status: 'FAILURE', success: false }))
    await bench.poll()
    expect(bench.events()).toEqual([])
    expect(bench.records.heldOf(keyOf('old'))).toMatchObject({ concluded: true, history: true, seq: 0 })
    expect(await bench.records.durations()).toMatchObject({ count: 2 })
  })

  it('tells of what is running, and of its end', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', -5))
    await bench.poll()
    bench.api.serve(ended('a', 1))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
  })

  it('tells from `since` on, however long ago, and takes what was before for history', async () => {
    const sinceAt = MEMORY_START_AT - 30 * DAY_MS
    const bench = feedBench(feedOf([interestOf({ sinceAt })]))
    bench.api.serve(ended('before', -31 * DAY_MIN))
    bench.api.serve(ended('after', -29 * DAY_MIN))
    await bench.poll()
    expect(bench.events()).toEqual(['after#concluded'])
    expect(bench.records.heldOf(keyOf('before'))).toMatchObject({ history: true })
  })

  it('tells as news what ends while the request is under way', async () => {
    const bench = feedBench()
    bench.api.meanwhile(() => bench.afterMinutes(1))
    bench.api.serve(ended('a', 0.5))
    await bench.poll()
    expect(bench.events()).toEqual(['a#concluded'])
  })
})

describe('after an absence', () => {
  it('what concluded meanwhile is told, as far back as `catch_up`', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.afterMinutes(3 * DAY_MIN)
    bench.api.serve(ended('too-old', 1.9 * DAY_MIN))
    bench.api.serve(ended('missed', 2.5 * DAY_MIN))
    await bench.poll()
    expect(bench.events()).toEqual(['missed#concluded'])
  })

  it('a build that began before it is told, however long it took', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.afterMinutes(3 * DAY_MIN)
    bench.api.serve(ended('a', 1.5 * DAY_MIN))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
  })

  it('a record that has expired while the list still shows the build is no news', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.api.serve(ended('a', 1))
    await bench.poll()
    bench.afterMinutes(30 * DAY_MIN)
    bench.records.expire(keyOf('a'))
    await bench.poll()
    expect(bench.events()).toEqual(['a#concluded'])
    expect(bench.records.heldOf(keyOf('a'))).toMatchObject({ history: true })
  })

  it('nor is one of long ago that a `since` had asked for', async () => {
    const bench = feedBench(feedOf([interestOf({ sinceAt: MEMORY_START_AT - 90 * DAY_MS })]))
    bench.api.serve(ended('a', -60 * DAY_MIN))
    await bench.poll()
    bench.records.expire(keyOf('a'))
    await bench.poll()
    expect(bench.events()).toEqual(['a#concluded'])
  })
})

describe('when Redis has lost everything', () => {
  it('a running daemon tells again what it had told, under the same ids, and history stays history', async () => {
    const bench = feedBench()
    bench.api.serve(ended('old', -10))
    await bench.poll()
    bench.api.serve(ended('new', 5))
    bench.afterMinutes(10)
    await bench.poll()
    bench.records.lose()
    bench.watermarks.lose()
    await bench.watermarks.restore()
    await bench.poll()
    expect(bench.events()).toEqual(['new#concluded', 'new#concluded'])
  })

  it('a running daemon tells the end of what it has seen running, though the build names no time of it', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', -30))
    await bench.poll()
    bench.records.lose()
    bench.watermarks.lose()
    await bench.watermarks.restore()
    bench.api.serve({ ...running('a', -30), status: 'SUCCESS', concluded: true, success: true })
    bench.afterMinutes(1)
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
  })

  it('a daemon that starts takes it for a first start', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.api.serve(ended('new', 5))
    bench.afterMinutes(10)
    await bench.poll()
    const fresh = feedBench()
    fresh.afterMinutes(10)
    fresh.api.serve(ended('new', 5))
    await fresh.poll()
    expect(fresh.events()).toEqual([])
  })
})

describe('windows', () => {
  const office = { cron: '* 8-18 * * 1-5', timezone: 'UTC' }
  const atWork = interestOf({ windows: [office] })

  it('that are closed cost no request until they open', async () => {
    const bench = feedBench(feedOf([atWork]))
    bench.windows.closeUntil(office.cron, MEMORY_START_AT + 90 * 60_000)
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: 90 * 60_000 })
    expect(bench.api.requests()).toBe(0)
    expect(bench.budget.left()).toBe(1000)
  })

  it('that close over an active build let it be followed to its end, and nothing new be taken up', async () => {
    const bench = feedBench(feedOf([atWork]))
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.windows.closeUntil(office.cron, MEMORY_START_AT + 600 * 60_000)
    bench.api.serve(running('night', 2))
    bench.api.serve(ended('a', 3))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
    expect(await bench.poll()).toMatchObject({ inMs: 600 * 60_000 })
  })

  it('that open again tell what ended meanwhile', async () => {
    const bench = feedBench(feedOf([atWork]))
    await bench.poll()
    bench.windows.closeUntil(office.cron, MEMORY_START_AT + 600 * 60_000)
    bench.api.serve(ended('night', 300))
    bench.afterMinutes(600)
    await bench.poll()
    expect(bench.events()).toEqual(['night#concluded'])
  })

  it('of a watch that names a build keep it from being taken up, though another watch has the job asked', async () => {
    const onDev = interestOf({ filter: { branches: ['dev'], pullRequests: 'with' } })
    const bench = feedBench(feedOf([onDev], [namedOf('a', { windows: [office] })]))
    bench.windows.closeUntil(office.cron, MEMORY_START_AT + 90 * 60_000)
    bench.api.serve(running('a', -1))
    await bench.poll()
    expect(bench.events()).toEqual([])
    bench.afterMinutes(90)
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING'])
  })

  it('of one watch do not close another', async () => {
    const bench = feedBench(
      feedOf([atWork, interestOf({ filter: { branches: ['main'], pullRequests: 'with' } })]),
    )
    bench.windows.closeUntil(office.cron, MEMORY_START_AT + 90 * 60_000)
    bench.api.serve(running('a', 1))
    bench.api.serve(running('dev', 1, { branch: 'dev' }))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING'])
  })

  it('that have never been open begin with their first opening: what ended before is history', async () => {
    const onDev = { branches: ['dev'], pullRequests: 'with' } as const
    const onMain = { branches: ['main'], pullRequests: 'with' } as const
    const bench = feedBench(
      feedOf([interestOf({ filter: onDev, windows: [office] }), interestOf({ filter: onMain })]),
    )
    bench.windows.closeUntil(office.cron, MEMORY_START_AT + 90 * 60_000)
    await bench.poll()
    bench.api.serve(ended('before', 30, { branch: 'dev' }))
    bench.afterMinutes(90)
    await bench.poll()
    expect(bench.events()).toEqual([])
  })

  it('that close before the past could be read leave it to be told when they open again', async () => {
    const onDev = { branches: ['dev'], pullRequests: 'with' } as const
    const sinceAt = MEMORY_START_AT - 30 * DAY_MS
    const late = interestOf({ filter: onDev, sinceAt, windows: [office] })
    const bench = feedBench(feedOf([late, interestOf({ sinceAt: 0, windows: [] })]))
    bench.api.serve(ended('past', -20 * DAY_MIN, { branch: 'dev' }))
    bench.records.refuse('no memory')
    await bench.poll()
    bench.records.refuse(undefined)
    bench.windows.closeUntil(office.cron, MEMORY_START_AT + 90 * 60_000)
    bench.api.remove('past')
    await bench.poll()
    bench.afterMinutes(90)
    bench.api.serve(ended('past', -20 * DAY_MIN, { branch: 'dev' }))
    await bench.poll()
    expect(bench.events()).toEqual(['past#concluded'])
  })
})
