/** A filter that was changed: what the one before it would have told, and has not seen in time. */
import { expect, it } from '@jest/globals'
import { ended, feedBench, keyOf } from './feed-bench.js'
import { DAY_MS, feedOf, interestOf } from './fixtures.js'

const DAY_MIN = DAY_MS / 60_000
const onMain = interestOf({ filter: { branches: ['main'], pullRequests: 'with' } })
const onEvery = interestOf()

it('tells what ended unseen before the change, where the filter before it wanted that too', async () => {
  const bench = feedBench(feedOf([onMain]))
  await bench.poll()
  bench.api.serve(ended('main', 5))
  bench.api.serve(ended('dev', 5, { branch: 'dev' }))
  bench.afterMinutes(10)
  await bench.reload(feedOf([onEvery]))
  await bench.poll()
  expect(bench.events()).toEqual(['main#concluded'])
  expect(bench.records.heldOf(keyOf('dev'))).toMatchObject({ history: true })
})

it('tells of a long absence only what the catch-up reaches', async () => {
  const bench = feedBench(feedOf([onMain]))
  await bench.poll()
  bench.api.serve(ended('long-ago', 5))
  bench.afterMinutes(3 * DAY_MIN)
  await bench.reload(feedOf([onEvery]))
  await bench.poll()
  expect(bench.events()).toEqual([])
})

it('takes for history what ended before the last look: the filter before it has told that', async () => {
  const bench = feedBench(feedOf([onMain]))
  await bench.poll()
  bench.api.serve(ended('main', 5))
  bench.afterMinutes(10)
  await bench.poll()
  bench.records.expire(keyOf('main'))
  await bench.reload(feedOf([onEvery]))
  await bench.poll()
  expect(bench.events()).toEqual(['main#concluded'])
})
