/** What is left for people of each probe: when, why then, what it cost, what it saw. */
import { expect, it } from '@jest/globals'
import { createMemoryBudget, MEMORY_START_AT } from '../../support/memory-ports.js'
import { ended, feedBench, running } from './feed-bench.js'
import { apiError, FEED_ID, feedOf, interestOf } from './fixtures.js'

const notesOf = (bench: ReturnType<typeof feedBench>) =>
  bench.probeNotes.notes.map(({ why, requests, saw }) => ({ why, requests, saw }))

it('notes the first probe of a job, and how many of the builds it saw were active', async () => {
  const bench = feedBench()
  bench.api.serve(running('a', -1))
  bench.api.serve(ended('b', -1))
  await bench.poll()
  expect(bench.probeNotes.notes).toEqual([
    {
      target: FEED_ID,
      at: MEMORY_START_AT,
      why: 'first',
      requests: 1,
      saw: { kind: 'seen', builds: 2, active: 1 },
    },
  ])
})

it('counts the probe for its account, with what is noted of it', async () => {
  const bench = feedBench()
  bench.api.serve(running('a', -1))
  await bench.poll()
  const [{ target: _, ...note } = {}] = bench.probeNotes.notes
  expect(bench.meters.counted.probes).toEqual([{ account: 'default', note }])
})

it('notes each request of a probe: further pages and builds that are read by id', async () => {
  const bench = feedBench()
  bench.api.serve(running('left', -1000))
  await bench.poll()
  bench.api.unlist('left')
  await bench.poll()
  expect(notesOf(bench)[1]).toEqual({
    why: 'backoff',
    requests: 2,
    saw: { kind: 'seen', builds: 1, active: 1 },
  })
})

it('notes what failed, and that the next probe was a retry', async () => {
  const bench = feedBench()
  bench.api.fail(apiError('API_UNREACHABLE'))
  await bench.poll()
  await bench.poll()
  expect(notesOf(bench)).toEqual([
    { why: 'first', requests: 1, saw: { kind: 'failed', code: 'API_UNREACHABLE' } },
    { why: 'retry', requests: 1, saw: { kind: 'seen', builds: 0, active: 0 } },
  ])
})

it('notes that the budget had put it off, that a window had opened, or that what is gone is asked for less', async () => {
  const office = { cron: '* 8-18 * * 1-5', timezone: 'UTC' }
  const bench = feedBench(feedOf([interestOf({ windows: [office] })]), createMemoryBudget({ left: 0 }))
  await bench.poll()
  bench.budget.leave(10)
  await bench.poll()
  bench.windows.closeUntil(office.cron, MEMORY_START_AT + 3_600_000)
  await bench.poll()
  bench.afterMinutes(60)
  await bench.poll()
  expect(notesOf(bench).map(({ why }) => why)).toEqual(['governor', 'window'])
})

it('notes that there was no leave to show anything', async () => {
  const bench = feedBench(feedOf(), createMemoryBudget({ left: 1 }))
  bench.api.serve(running('a', -1))
  await bench.poll()
  bench.api.refuse('list', apiError('API_FORBIDDEN'))
  bench.budget.leave(1)
  await bench.poll()
  expect(notesOf(bench)[1]).toEqual({ why: 'backoff', requests: 1, saw: { kind: 'postponed' } })
})
