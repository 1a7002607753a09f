/** Builds to which no way leads, or only one that is hard to go: what is asked for then, and what is told. */
import { describe, expect, it } from '@jest/globals'
import { ended, feedBench, keyOf, pollAfter, running, troublesOf } from './feed-bench.js'
import { apiError, FEED_ID } from './fixtures.js'
import { TARGET, watchBench } from './watch-bench.js'

const GET = 'Project > Jobs > Deployment > Deploy Build'
const noGet = () => apiError('API_FORBIDDEN', { permission: GET })
const noList = () => apiError('API_FORBIDDEN', { permission: 'Project > Jobs > General > Read' })

/** One of its builds runs; it has left the list, and the token may not read it by its id. */
async function hiddenBench() {
  const bench = feedBench()
  bench.api.serve(running('hidden', 1))
  bench.api.serve(running('b', 2))
  await bench.poll()
  bench.api.unlist('hidden')
  bench.api.refuse('get', noGet())
  return bench
}

describe('a build that the list does not show and that may not be read by its id', () => {
  it('is in trouble of its own, told once; its job is not, and the others are followed', async () => {
    const bench = await hiddenBench()
    await pollAfter(bench, 2000, 2000, 5000, 2000)
    expect(troublesOf(bench)).toEqual([`${keyOf('hidden')}!forbidden.1`])
    bench.api.serve(ended('b', 3))
    await bench.poll()
    expect(bench.events()).toContain('b#concluded')
    expect(bench.pacing()).toMatchObject({ errors: 0, lacks: GET })
  })

  it('makes the list be searched, and no more once that has been in vain', async () => {
    const bench = await hiddenBench()
    for (let at = 1; at <= 50; at++) bench.api.serve(ended(`over-${at}`, at - 2000))
    bench.api.serve(running('b', 2))
    bench.api.pagesOf(2)
    await pollAfter(bench, 2000)
    bench.api.newRequests()
    await pollAfter(bench, 2000)
    expect(bench.api.newRequests()).toEqual(Array.from({ length: 15 }, () => 'list'))
    await pollAfter(bench, 5000, 2000)
    bench.api.newRequests()
    await pollAfter(bench, 2000)
    expect(bench.api.newRequests()).toEqual(['list'])
  })

  it('is seen again wherever it shows', async () => {
    const bench = await hiddenBench()
    await pollAfter(bench, 2000, 2000, 5000)
    bench.api.relist('hidden')
    bench.api.serve(ended('hidden', 3))
    await pollAfter(bench, 2000)
    expect(troublesOf(bench)).toEqual([`${keyOf('hidden')}!forbidden.1`, `${keyOf('hidden')}!recovered.1`])
    expect(bench.events()).toContain('hidden#concluded')
  })

  it('is not said to be hidden by a list that was cut short', async () => {
    const bench = watchBench()
    bench.api.refuse('get', noGet())
    bench.serve({ status: 'BUILDING' })
    for (const id of ['x', 'y', 'z']) bench.api.serve({ id })
    bench.api.pagesOf(2)
    bench.budget.leave(2)
    await pollAfter(bench, 0)
    bench.budget.leave(1)
    await pollAfter(bench, 10_000)
    bench.budget.leave(1)
    await pollAfter(bench, 10_000)
    expect(bench.troubles.of(TARGET.id).failing).toBeUndefined()
    bench.budget.leave(9)
    await pollAfter(bench, 10_000)
    expect(bench.recorded()).toEqual(['BUILDING'])
  })

  it('of a watched job is not said to be hidden by a list that was cut short, either', async () => {
    const bench = await hiddenBench()
    bench.api.serve(ended('x', 3))
    bench.api.pagesOf(1)
    await pollAfter(bench, 2000)
    for (let poll = 1; poll <= 3; poll++) {
      bench.budget.leave(1)
      await pollAfter(bench, 10_000)
    }
    expect(troublesOf(bench)).toEqual([])
    expect(bench.troubles.of(keyOf('hidden')).failing).toBeUndefined()
  })

  it('of a single watch is searched for in so many pages, and is forbidden then', async () => {
    const bench = watchBench()
    bench.api.refuse('get', noGet())
    bench.serve({ status: 'BUILDING' })
    for (let at = 1; at <= 40; at++) bench.api.serve({ id: `over-${at}` })
    bench.api.pagesOf(2)
    await pollAfter(bench, 0)
    expect(bench.api.newRequests().filter((request) => request === 'list')).toHaveLength(15)
    expect(bench.targets.pacingOf(TARGET.id)).toMatchObject({ failure: 'API_FORBIDDEN' })
  })

  it('of a single watch comes back later each time while there is no leave to search', async () => {
    const bench = watchBench()
    bench.api.refuse('get', noGet())
    const pauses = []
    for (let poll = 1; poll <= 3; poll++) {
      bench.budget.leave(1)
      bench.api.pagesOf(1)
      bench.api.serve({ id: `over-${poll}` })
      const verdict = await bench.poll()
      pauses.push('inMs' in verdict ? verdict.inMs : 0)
    }
    expect(pauses).toEqual([2000, 2400, 3600])
  })
})

describe('a list that is forbidden', () => {
  it('is no trouble while there is no leave for the requests by id', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.refuse('list', noList())
    for (let poll = 1; poll <= 3; poll++) {
      bench.budget.leave(1)
      await pollAfter(bench, 10_000)
    }
    expect(troublesOf(bench)).toEqual([])
    expect(bench.troubles.of(FEED_ID).failing).toBeUndefined()
  })

  it('does not hide that the API is away', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.refuse('list', noList())
    bench.api.refuse('get', apiError('API_UNREACHABLE'))
    await bench.poll()
    expect(bench.pacing()).toMatchObject({ failure: 'API_UNREACHABLE' })
  })

  it('is trouble of the job when its builds may not be read by id either', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.refuse('list', noList())
    bench.api.refuse('get', noGet())
    await pollAfter(bench, 0, 5000)
    expect(troublesOf(bench)).toEqual([`${FEED_ID}!forbidden.1`])
  })
})
