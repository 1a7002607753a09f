/** Builds that no way, or only half a way, leads to: what is asked for then, and what is told. */
import { describe, expect, it } from '@jest/globals'
import { ended, feedBench, keyOf, running } from './feed-bench.js'
import { apiError, DAY_MS, FEED_ID, feedOf, interestOf, namedOf } from './fixtures.js'
import { TARGET, watchBench } from './watch-bench.js'

const GET = 'Project > Jobs > Deployment > Deploy Build'
const noGet = () => apiError('API_FORBIDDEN', { permission: GET })
const noList = () => apiError('API_FORBIDDEN', { permission: 'Project > Jobs > General > Read' })
const gone = () => apiError('API_NOT_FOUND', { status: 404 })
const HOUR_MS = 3_600_000

type Bench = ReturnType<typeof feedBench>

const troublesOf = (bench: Pick<Bench, 'troubles'>): string[] =>
  bench.troubles.told.map(({ event }) => event.id)

/** Polls, each so long after the one before. */
async function pollAfter(bench: Pick<Bench, 'clock' | 'poll'>, ...pausesMs: number[]): Promise<void> {
  for (const ms of pausesMs) {
    bench.clock.advance(ms)
    await bench.poll()
  }
}

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

describe('a build that is gone from a watched job', () => {
  const forMain = interestOf({
    filter: { branches: ['main'], pullRequests: 'with' },
    routes: [{ to: 'ops', on: ['gone'] }],
  })
  const forDev = interestOf({
    filter: { branches: ['dev'], pullRequests: 'with' },
    routes: [{ to: 'dev', on: ['gone'] }],
  })

  it('is told to those watches that want it, and to no others', async () => {
    const bench = feedBench(feedOf([forMain, forDev]))
    bench.api.serve(running('lost', 1))
    await bench.poll()
    bench.api.remove('lost')
    await pollAfter(bench, 0, 30_000, 30_000)
    expect(bench.troubles.told.map(({ routes }) => routes)).toEqual([forMain.routes])
  })

  it('is let go of at once when no watch wants it any more', async () => {
    const bench = feedBench(feedOf([forMain, forDev]))
    bench.api.serve(running('lost', 1))
    await bench.poll()
    bench.api.remove('lost')
    await bench.reload(feedOf([forDev]))
    await bench.poll()
    expect(bench.records.isActive(keyOf('lost'))).toBe(false)
    expect(bench.troubles.of(keyOf('lost')).failing).toBeUndefined()
  })

  it('is let go of though the process died when it had just been given up', async () => {
    const bench = feedBench()
    bench.api.serve(running('lost', 1))
    await bench.poll()
    bench.api.remove('lost')
    await pollAfter(bench, 0, 30_000, 30_000)
    const records = { ...bench.records, forget: () => Promise.reject(new Error('killed')) }
    bench.clock.advance(8 * DAY_MS)
    await expect(bench.poll({ records })).rejects.toThrow('killed')
    await bench.poll()
    expect(bench.records.isActive(keyOf('lost'))).toBe(false)
    expect(troublesOf(bench)).toEqual([`${keyOf('lost')}!gone.1`, `${keyOf('lost')}!abandoned.2`])
  })

  it('does not keep the job from resting while its windows are closed', async () => {
    const office = { cron: '* 8-18 * * *', timezone: 'UTC' }
    const bench = feedBench(feedOf([interestOf({ windows: [office] })]))
    bench.api.serve(running('lost', 1))
    await bench.poll()
    bench.api.remove('lost')
    bench.windows.closeUntil(office.cron, bench.clock.now() + 10 * HOUR_MS)
    await pollAfter(bench, 0, 30_000, 30_000)
    bench.clock.advance(60_000)
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: HOUR_MS - 60_000 })
  })

  it('is asked for in its time though the clock was set back', async () => {
    const bench = feedBench()
    bench.api.serve(running('lost', 1))
    await bench.poll()
    bench.api.remove('lost')
    await pollAfter(bench, 0, 30_000, 30_000)
    bench.api.newRequests()
    bench.clock.advance(-2 * HOUR_MS)
    await bench.poll()
    expect(bench.api.newRequests()).toEqual(['list', 'get lost'])
  })
})

describe('a build that a watch names, and that a watched job does not have', () => {
  it('is asked for as long as it is named: once a day in the end, and it is never given up', async () => {
    const bench = feedBench(feedOf([interestOf()], [namedOf('typo')]))
    bench.api.refuse('get', gone())
    await pollAfter(bench, 0, 30_000, 30_000, 8 * DAY_MS, 8 * DAY_MS)
    bench.api.newRequests()
    await pollAfter(bench, HOUR_MS, 2 * HOUR_MS)
    expect(bench.api.newRequests()).toEqual(['list', 'list'])
    await pollAfter(bench, DAY_MS)
    expect(bench.api.newRequests()).toEqual(['list', 'get typo'])
    expect(troublesOf(bench)).toEqual([`${keyOf('typo')}!gone.1`])
  })

  it('is not asked for outside the windows of that watch', async () => {
    const office = { cron: '* 8-18 * * *', timezone: 'UTC' }
    const bench = feedBench(feedOf([interestOf()], [namedOf('old', { windows: [office] })]))
    bench.api.serve(ended('old', -50_000))
    bench.api.unlist('old')
    bench.windows.closeUntil(office.cron, bench.clock.now() + HOUR_MS)
    await bench.poll()
    expect(bench.api.newRequests()).toEqual(['list'])
    await pollAfter(bench, HOUR_MS)
    expect(bench.api.newRequests()).toEqual(['list', 'get old'])
    expect(bench.events()).toEqual(['old#concluded'])
  })
})

describe('what was given up', () => {
  async function givenUp(changed: Parameters<ReturnType<typeof watchBench>['poll']>[0] = {}) {
    const bench = watchBench()
    bench.api.refuse('get', gone())
    await pollAfter(bench, 0, 30_000, 30_000)
    bench.clock.advance(8 * DAY_MS)
    return { bench, verdict: await bench.poll(changed).catch(() => 'killed') }
  }

  it('is asked for no more, and told', async () => {
    const { bench, verdict } = await givenUp()
    expect(verdict).toEqual({ kind: 'done', because: 'abandoned' })
    expect(troublesOf(bench)).toEqual([`${TARGET.id}!gone.1`, `${TARGET.id}!abandoned.2`])
  })

  it('is asked for no more though the process died when it had been told', async () => {
    const abandon = () => Promise.reject(new Error('killed'))
    const { bench, verdict } = await givenUp({ targets: { ...watchBench().targets, abandon } })
    expect(verdict).toBe('killed')
    expect(await bench.poll()).toEqual({ kind: 'done', because: 'abandoned' })
    expect(bench.targets.isAbandoned(TARGET.id)).toBe(true)
    expect(troublesOf(bench)).toEqual([`${TARGET.id}!gone.1`, `${TARGET.id}!abandoned.2`])
  })
})
