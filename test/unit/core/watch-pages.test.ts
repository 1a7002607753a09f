import { describe, expect, it } from '@jest/globals'
import { BuildwatchdError } from '../../../src/domain/errors.js'
import { createMemoryBudget, MEMORY_START_AT } from '../../support/memory-ports.js'
import { ended, feedBench, keyOf, running } from './feed-bench.js'
import { apiError, feedOf, interestOf } from './fixtures.js'

const HOUR_MIN = 60
const lists = (requests: readonly string[]): number => requests.filter((each) => each === 'list').length
const gets = (requests: readonly string[]): string[] => requests.filter((each) => each !== 'list')

/** Ends, a minute apart, the last one at `lastMin`. */
function serveEnded(bench: ReturnType<typeof feedBench>, count: number, lastMin: number): void {
  for (let at = 1; at <= count; at++) bench.api.serve(ended(`ended-${at}`, lastMin - count + at))
}

describe('how far back a list is read', () => {
  it('is so far that a build of some hours could have begun there', async () => {
    const sinceAt = MEMORY_START_AT - 60 * 60_000
    const bench = feedBench(feedOf([interestOf({ sinceAt })]))
    bench.api.pagesOf(1)
    bench.api.serve(
      ended('long', -30, { createdAt: new Date(MEMORY_START_AT - 6 * 3_600_000).toISOString() }),
    )
    bench.api.serve(ended('quick', -20))
    bench.api.serve(ended('early', -2 * HOUR_MIN))
    await bench.poll()
    expect(bench.events()).toEqual(['long#concluded', 'quick#concluded'])
  })

  it('is bounded: a `since` of long ago is read once as far as that, and never again', async () => {
    const bench = feedBench(feedOf([interestOf({ sinceAt: 0 })]))
    bench.api.pagesOf(2)
    serveEnded(bench, 40, -HOUR_MIN)
    await bench.poll()
    expect(lists(bench.api.newRequests())).toBe(15)
    expect(bench.events()).toHaveLength(30)
    await bench.poll()
    expect(lists(bench.api.newRequests())).toBe(1)
  })

  it('is to where the last whole reading began, and no further', async () => {
    const bench = feedBench()
    bench.api.pagesOf(2)
    await bench.poll()
    serveEnded(bench, 8, 8)
    bench.afterMinutes(10)
    await bench.poll()
    bench.api.newRequests()
    bench.api.serve(ended('new', 11))
    bench.afterMinutes(2)
    await bench.poll()
    expect(lists(bench.api.newRequests())).toBe(1)
    expect(bench.events()).toContain('new#concluded')
  })

  it('goes by the clock of the API where ours is ahead of it', async () => {
    const bench = feedBench()
    bench.api.serve(ended('before', -5))
    await bench.poll()
    bench.afterMinutes(HOUR_MIN)
    await bench.poll()
    bench.api.pagesOf(2)
    serveEnded(bench, 6, 30)
    await bench.poll()
    expect(bench.events()).toHaveLength(6)
  })

  it('is its own for each watch: one whose window opens reads back to where it was', async () => {
    const office = { cron: '* 8-18 * * *', timezone: 'UTC' }
    const onDev = { branches: ['dev'], pullRequests: 'with' } as const
    const onMain = { branches: ['main'], pullRequests: 'with' } as const
    const bench = feedBench(
      feedOf([interestOf({ filter: onDev, windows: [office] }), interestOf({ filter: onMain })]),
    )
    await bench.poll()
    bench.windows.closeUntil(office.cron, MEMORY_START_AT + 8 * 3_600_000)
    bench.api.serve(ended('missed', 10, { branch: 'dev' }))
    bench.afterMinutes(12)
    await bench.poll()
    serveEnded(bench, 6, 400)
    bench.afterMinutes(7 * HOUR_MIN)
    await bench.poll()
    bench.api.pagesOf(2)
    bench.afterMinutes(HOUR_MIN)
    await bench.poll()
    expect(bench.events()).toContain('missed#concluded')
  })

  it('is all that may be missed for a watch that was taken out and is put back', async () => {
    const onDev = interestOf({ filter: { branches: ['dev'], pullRequests: 'with' } })
    const onMain = interestOf({ filter: { branches: ['main'], pullRequests: 'with' } })
    const bench = feedBench(feedOf([onDev, onMain]))
    await bench.poll()
    await bench.reload(feedOf([onMain]))
    bench.api.serve(ended('missed', 10, { branch: 'dev' }))
    serveEnded(bench, 6, 30)
    bench.afterMinutes(40)
    await bench.poll()
    bench.api.pagesOf(2)
    await bench.reload(feedOf([onDev, onMain]))
    await bench.poll()
    expect(bench.events()).toContain('missed#concluded')
  })

  it('ends at a page that fails: what was shown counts, the rest is read by a later probe', async () => {
    const bench = feedBench()
    await bench.poll()
    bench.afterMinutes(HOUR_MIN)
    serveEnded(bench, 4, 30)
    bench.api.pagesOf(2)
    bench.api.meanwhile(() => {
      bench.api.meanwhile(() => undefined)
      bench.api.fail(apiError('API_UNREACHABLE'))
    })
    await bench.poll()
    expect(bench.events()).toHaveLength(2)
    await bench.poll()
    expect(bench.events()).toHaveLength(4)
  })

  it('is a page further where the oldest build shown still runs, for others may run behind it', async () => {
    const bench = feedBench()
    bench.api.serve(running('behind', -1000))
    bench.api.serve(running('oldest', -900))
    bench.api.serve(ended('new', -5))
    bench.api.pagesOf(2)
    await bench.poll()
    expect(bench.events()).toEqual(['behind#BUILDING', 'oldest#BUILDING'])
  })

  it('is not mistaken for the future where a build says that it was made there', async () => {
    const bench = feedBench()
    bench.api.serve(running('future', 100_000))
    await bench.poll()
    bench.afterMinutes(HOUR_MIN)
    serveEnded(bench, 4, 30)
    bench.api.pagesOf(2)
    await bench.poll()
    expect(bench.events().filter((id) => id.startsWith('ended'))).toHaveLength(4)
  })

  it('is no more than before after a reading that was cut short', async () => {
    const bench = feedBench()
    serveEnded(bench, 20, -HOUR_MIN)
    await bench.poll()
    bench.afterMinutes(10)
    bench.api.pagesOf(2)
    for (let at = 1; at <= 4; at++) bench.api.serve(ended(`new-${at}`, at + 1))
    bench.budget.leave(1)
    await bench.poll()
    bench.api.newRequests()
    bench.budget.leave(100)
    await bench.poll()
    expect(lists(bench.api.newRequests())).toBe(3)
    expect(bench.events()).toHaveLength(4)
  })

  it('takes nothing of what is left to others', async () => {
    const bench = feedBench(feedOf(), createMemoryBudget({ left: 22, reserve: 20 }))
    bench.api.pagesOf(1)
    for (let at = 1; at <= 4; at++) bench.api.serve(running(`b-${at}`, at))
    await bench.poll()
    expect(bench.budget.left()).toBe(20)
  })

  it('is all of it where the oldest build comes first, which is said once', async () => {
    const bench = feedBench()
    bench.api.oldestFirst()
    bench.api.pagesOf(2)
    serveEnded(bench, 9, -HOUR_MIN)
    bench.api.serve(running('new', -1))
    await bench.poll()
    await bench.poll()
    expect(bench.events()).toEqual(['new#BUILDING'])
    expect(bench.told().filter((line) => line.includes('oldest first'))).toHaveLength(1)
  })

  it('is the first page where no build tells its age', async () => {
    const bench = feedBench()
    for (const id of ['a', 'b', 'c']) bench.api.serve({ id, status: 'BUILDING' })
    bench.api.pagesOf(2)
    await bench.poll()
    expect(bench.api.newRequests()).toEqual(['list'])
  })
})

describe('a build that is awaited and not listed', () => {
  /** Each running, and seen to be; then builds that ended lie over them. */
  async function withLeft(count: number) {
    const bench = feedBench()
    for (let at = 1; at <= count; at++) bench.api.serve(running(`left-${at}`, at - 1000))
    await bench.poll()
    for (let at = 1; at <= count; at++) bench.api.unlist(`left-${at}`)
    serveEnded(bench, 60, 0)
    bench.api.pagesOf(2)
    await bench.poll()
    bench.api.newRequests()
    return bench
  }

  it('costs no more further pages than requests by id', async () => {
    const bench = await withLeft(3)
    await bench.poll()
    const requests = bench.api.newRequests()
    expect(lists(requests)).toBe(4)
    expect(gets(requests)).toEqual(['get left-1', 'get left-2', 'get left-3'])
  })

  it('has its turn by lot, so that none waits for the end of those before it', async () => {
    const bench = await withLeft(30)
    const asked = new Set<string>()
    for (const random of [0, 0.5]) {
      await bench.poll({ random: () => random })
      for (const request of gets(bench.api.newRequests())) asked.add(request)
    }
    expect(asked.size).toBe(30)
  })

  it('is followed on where the token cannot be read for a moment, and so are those that are listed', async () => {
    const bench = await withLeft(1)
    bench.api.serve(running('listed', 1))
    bench.api.refuse('get left-1', new BuildwatchdError('SECRET_UNREADABLE', 'the file token is missing'))
    expect(await bench.poll()).toMatchObject({ kind: 'again' })
    expect(bench.events()).toContain('listed#BUILDING')
    expect(bench.records.isActive(keyOf('left-1'))).toBe(true)
  })

  it('is no reason to leave the others where one is answered with what is no build', async () => {
    const bench = await withLeft(3)
    bench.api.refuse('get left-1', apiError('API_BAD_RESPONSE'))
    await bench.poll()
    expect(gets(bench.api.newRequests())).toHaveLength(3)
  })

  it('is no reason to ask for others when the API has begun to fail', async () => {
    const bench = await withLeft(3)
    bench.api.refuse('get', apiError('API_UNREACHABLE'))
    await bench.poll()
    expect(gets(bench.api.newRequests())).toHaveLength(1)
    expect(bench.pacing()).toMatchObject({ errors: 0 })
  })
})
