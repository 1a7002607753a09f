import { describe, expect, it } from '@jest/globals'
import type { BuildRecords } from '../../../src/domain/ports.js'
import { createdAt, ended, feedBench, keyOf, running } from './feed-bench.js'
import { apiError, ENDS, FEED_ID, feedOf, interestOf } from './fixtures.js'

describe('a watched job', () => {
  it('is followed with one request for all its builds, new ones as they come', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.api.serve(running('a', 1))
    bench.api.serve(running('b', 2, { status: 'QUEUED' }))
    await bench.poll()
    bench.api.serve(ended('a', 3))
    await bench.poll()
    expect(bench.api.asked).toEqual(['list', 'list', 'list'])
    expect(bench.events()).toEqual(['a#BUILDING', 'b#QUEUED', 'a#concluded'])
  })

  it('is told of builds in the order of their creation, those of unknown age last', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.api.serve({ id: 'ageless', status: 'BUILDING' })
    bench.api.serve(running('newer', 2))
    bench.api.serve(running('older', 1))
    await bench.poll()
    expect(bench.events()).toEqual(['older#BUILDING', 'newer#BUILDING', 'ageless#BUILDING'])
  })

  it('is asked sooner again when something has moved, and ever later while nothing does', async () => {
    const bench = feedBench()
    const pauses = []
    for (let poll = 1; poll <= 3; poll++) pauses.push(await bench.poll())
    bench.api.serve(running('a', 1))
    pauses.push(await bench.poll())
    expect(pauses.map((verdict) => ('inMs' in verdict ? verdict.inMs : verdict))).toEqual([
      2000, 2400, 3600, 2000,
    ])
  })

  it('never ends', async () => {
    const bench = feedBench()
    bench.api.serve(ended('a', 1))
    expect(await bench.poll()).toMatchObject({ kind: 'again' })
  })

  it('that is taken off the watchlist while the answer is on its way leaves nothing behind', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    bench.api.meanwhile(() => bench.targets.drop(FEED_ID))
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'unwanted' })
    expect(bench.events()).toEqual([])
  })

  it('is gone by what the watchlist says when the answer comes', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.api.serve(running('a', 1))
    bench.api.meanwhile(() =>
      bench.reload(feedOf([interestOf({ filter: { branches: ['dev'], pullRequests: 'with' } })])),
    )
    await bench.poll()
    expect(bench.events()).toEqual([])
  })

  it('loses nothing to an answer that comes late', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.api.serve(running('a', 1, { status: 'QUEUED' }))
    const other = feedBench()
    bench.api.meanwhile(async () => {
      bench.api.meanwhile(() => undefined)
      bench.api.serve(running('a', 1))
      await other.poll({ records: bench.records, watermarks: bench.watermarks, sourceOf: () => bench.api })
    })
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING'])
    bench.api.serve(ended('a', 2))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
  })

  it('takes in a build that was forgotten before the newer ones of its line', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    await bench.records.forget({ project: 'shop', kind: 'jobs', resource: 'nightly', build: 'a' })
    bench.api.serve(ended('a', 2, { createdAt: createdAt(1) }))
    bench.api.serve(ended('b', 4))
    await bench.poll()
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded', 'b#concluded'])
  })

  it('takes in meanwhile what else the answer shows, but for ends', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    await bench.records.forget({ project: 'shop', kind: 'jobs', resource: 'nightly', build: 'a' })
    bench.api.serve(running('a', 1, { status: 'UPLOADING' }))
    bench.api.serve(running('b', 2, { status: 'QUEUED' }))
    bench.api.serve(ended('c', 4))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'b#QUEUED'])
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'b#QUEUED', 'a#UPLOADING', 'c#concluded'])
  })

  it('takes up again a build that was forgotten', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    await bench.records.forget({ project: 'shop', kind: 'jobs', resource: 'nightly', build: 'a' })
    bench.api.serve(ended('a', 2))
    await bench.poll()
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
  })
})

describe('pages', () => {
  it('are left at the first one while all that is awaited shows there', async () => {
    const bench = feedBench()
    for (let at = 1; at <= 9; at++) bench.api.serve(ended(`past-${at}`, at - 500))
    bench.api.pagesOf(3)
    await bench.poll()
    expect(bench.api.newRequests()).toEqual(['list'])
  })

  it('are turned while the past that is to be told may lie further back', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.afterMinutes(600)
    for (let at = 1; at <= 9; at++) bench.api.serve(ended(`missed-${at}`, at + 500))
    bench.api.pagesOf(3)
    bench.api.newRequests()
    await bench.poll()
    expect(bench.api.newRequests()).toEqual(['list', 'list', 'list'])
    expect(bench.events()).toHaveLength(9)
  })

  it('are not turned without leave, and then the rest is told by a later probe', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.afterMinutes(600)
    for (let at = 1; at <= 9; at++) bench.api.serve(ended(`missed-${at}`, at + 500))
    bench.api.pagesOf(3)
    bench.budget.leave(2)
    await bench.poll()
    expect(bench.events()).toHaveLength(6)
    bench.budget.leave(100)
    await bench.poll()
    expect(bench.events()).toHaveLength(9)
  })

  it('are turned for several builds that are still running far back', async () => {
    const bench = feedBench()
    for (const at of [1, 2, 3]) bench.api.serve(running(`slow-${at}`, at - 100))
    await bench.poll()
    for (let at = 1; at <= 3; at++) bench.api.serve(ended(`quick-${at}`, at))
    bench.api.pagesOf(3)
    bench.api.newRequests()
    await bench.poll()
    expect(bench.api.newRequests()).toEqual(['list', 'list'])
  })
})

describe('an active build that has left the list', () => {
  it('is read by its id to its end', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.unlist('a')
    bench.api.serve(ended('a', 2))
    await bench.poll()
    expect(bench.api.asked).toEqual(['list', 'list', 'get a'])
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
  })

  it('takes a permit of its own, and waits without one', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.unlist('a')
    bench.budget.leave(1)
    expect(await bench.poll()).toMatchObject({ kind: 'again' })
    expect(bench.api.asked).toEqual(['list', 'list'])
  })

  it('leaves room for others: twenty at most are read in one probe', async () => {
    const bench = feedBench()
    for (let at = 1; at <= 30; at++) {
      bench.api.serve(running(`b-${at}`, at))
      bench.api.unlist(`b-${at}`)
      bench.api.relist(`b-${at}`)
    }
    await bench.poll()
    for (let at = 1; at <= 30; at++) bench.api.unlist(`b-${at}`)
    bench.api.newRequests()
    await bench.poll()
    expect(bench.api.newRequests().filter((request) => request.startsWith('get'))).toHaveLength(20)
  })
})

describe('a record that Redis refuses', () => {
  it('keeps the feed from counting as read: the end is told when there is room again', async () => {
    const since = interestOf({ sinceAt: 0, catchUpMs: 1000 })
    const bench = feedBench(feedOf([since]))
    bench.api.serve(ended('a', -500))
    bench.records.refuse('no memory')
    await bench.poll()
    bench.records.refuse(undefined)
    await bench.poll()
    expect(bench.events()).toEqual(['a#concluded'])
    expect(bench.told()).toContain('error: Redis refused the record; will try again')
  })
})

describe('a build without any instant', () => {
  const untimed = { id: 'a', status: 'SUCCESS', concluded: true, success: true, branch: 'main' }

  it('is history at the first look and news afterwards', async () => {
    const bench = feedBench()
    bench.api.serve(untimed)
    await bench.poll()
    bench.api.serve({ ...untimed, id: 'b' })
    await bench.poll()
    expect(bench.events()).toEqual(['b#concluded'])
  })

  it('keeps its record while the list shows it, for nothing else tells that it was told', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.api.serve(untimed)
    await bench.poll()
    await bench.poll()
    expect(bench.records.kept).toEqual([keyOf('a')])
  })
})

describe('a probe that is cut short anywhere', () => {
  it('is made good by the next one', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.api.serve(ended('a', 1))
    const records: BuildRecords = { ...bench.records, record: () => Promise.reject(new Error('killed')) }
    await expect(bench.poll({ records })).rejects.toThrow('killed')
    bench.api.fail(apiError('API_UNREACHABLE'))
    await bench.poll()
    await bench.poll()
    expect(bench.events()).toEqual(['a#concluded'])
    expect(bench.records.log[0]?.routes).toEqual(ENDS)
  })
})
