/** What is not there any more, or never was: how it is asked for, who is told, and when it is let go of. */
import { describe, expect, it } from '@jest/globals'
import { ended, feedBench, keyOf, pollAfter, running, troublesOf } from './feed-bench.js'
import { apiError, DAY_MS, feedOf, interestOf, namedOf } from './fixtures.js'
import { TARGET, watchBench } from './watch-bench.js'

const gone = () => apiError('API_NOT_FOUND', { status: 404 })
const HOUR_MS = 3_600_000

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
