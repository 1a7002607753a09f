/** What a record holds of a build over a watch's changes: history that is news to another, and what an answer leaves out. */
import { describe, expect, it } from '@jest/globals'
import type { RecordEntry } from '../../../src/domain/ports.js'
import { MEMORY_START_AT } from '../../support/memory-ports.js'
import { createdAt, ended, feedBench, keyOf, running } from './feed-bench.js'
import { DAY_MS, feedOf, interestOf, namedOf, refOf } from './fixtures.js'
import { watchBench } from './watch-bench.js'

const since = interestOf({ sinceAt: MEMORY_START_AT - DAY_MS, routes: [{ to: 'late', on: ['concluded'] }] })

/** Counts what is handed to the record. */
function entriesOf(bench: ReturnType<typeof feedBench>) {
  const entries: RecordEntry[] = []
  const records: typeof bench.records = {
    ...bench.records,
    record(entry) {
      entries.push(entry)
      return bench.records.record(entry)
    },
  }
  return { entries, records }
}

describe('what is on record as history', () => {
  it('is not recorded again with each look at the list', async () => {
    const bench = feedBench()
    bench.api.serve(ended('old', -100))
    await bench.poll()
    const { entries, records } = entriesOf(bench)
    await bench.poll({ records })
    expect(entries).toEqual([])
  })

  it('is told to a watch that asks for it by a `since` of its own, once and to nobody else', async () => {
    const bench = feedBench()
    bench.api.serve(ended('old', -100))
    bench.api.serve(ended('older', -2 * 24 * 60))
    await bench.poll()
    await bench.reload(feedOf([interestOf(), since]))
    await bench.poll()
    await bench.poll()
    expect(bench.events()).toEqual(['old#concluded'])
    expect(bench.routesOf('old#concluded')).toEqual(['late'])
  })

  it('stays history where it has no instant to be known by', async () => {
    const bench = feedBench()
    bench.api.serve({ id: 'untimed', status: 'SUCCESS', concluded: true, success: true })
    await bench.poll()
    await bench.reload(feedOf([interestOf(), since]))
    await bench.poll()
    await bench.poll()
    expect(bench.events()).toEqual([])
    expect(bench.records.kept).toEqual([keyOf('untimed'), keyOf('untimed')])
  })

  it('is not begun again by an answer that takes the end back', async () => {
    const bench = feedBench(feedOf([interestOf()]))
    bench.api.serve(ended('old', -100))
    await bench.poll()
    await bench.reload(feedOf([interestOf()], [namedOf('old')]))
    bench.api.serve(running('old', -101))
    await bench.poll()
    expect(bench.events()).toEqual([])
    bench.api.serve(ended('old', -100))
    await bench.poll()
    expect(bench.events()).toEqual(['old#concluded'])
  })
})

describe('the record of a build that a watch names', () => {
  it('is kept as long as the watch does, though it was recorded for another', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.serve(ended('a', 2))
    await bench.poll()
    await bench.reload(feedOf([interestOf()], [namedOf('a')]))
    bench.api.unlist('a')
    await bench.poll()
    expect(bench.records.kept).toEqual([keyOf('a')])
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
  })

  it('says that it is named', async () => {
    const bench = feedBench(feedOf([interestOf()], [namedOf('a')]))
    bench.api.serve(running('a', 1))
    bench.api.serve(running('b', 1))
    const { entries, records } = entriesOf(bench)
    await bench.poll({ records })
    expect(entries.map(({ snapshot, named }) => [snapshot.ref.build, named])).toEqual([
      ['b', false],
      ['a', true],
    ])
  })
})

describe('what an answer leaves out', () => {
  const onMain = interestOf({ filter: { branches: ['main'], pullRequests: 'without' } })

  it('is as it was, however many answers leave it out', async () => {
    const bench = feedBench(feedOf([onMain]))
    bench.api.serve(running('a', 1))
    await bench.poll()
    for (const status of ['UPLOADING', 'BUILDING', 'UPLOADING']) {
      bench.api.serve({ id: 'a', status, concluded: false })
      await bench.poll()
    }
    bench.api.serve({ id: 'a', status: 'SUCCESS', concluded: true, success: true })
    await bench.poll()
    expect(bench.events().at(-1)).toBe('a#concluded')
    expect(bench.records.log.at(-1)?.event.data).toMatchObject({ line: 'branch/main' })
    expect(bench.records.heldOf(keyOf('a'))).toMatchObject({
      latest: { branch: 'main', createdAt: createdAt(1) },
      createdAt: MEMORY_START_AT + 60_000,
    })
  })

  it('is no change: nothing is written for it with each answer', async () => {
    const bench = feedBench(feedOf([onMain]))
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.serve({ id: 'a', status: 'BUILDING', concluded: false })
    const { entries, records } = entriesOf(bench)
    await bench.poll({ records })
    await bench.poll({ records })
    expect(entries).toEqual([])
  })

  it('stays out of the event, which shows the build as it was served', async () => {
    const bench = feedBench(feedOf([onMain]))
    bench.afterMinutes(2)
    bench.api.serve(running('a', 1))
    await bench.poll()
    const served = { id: 'a', status: 'SUCCESS', concluded: true, success: true }
    bench.api.serve({ ...served, buildConcludedAt: MEMORY_START_AT / 1000 + 120 })
    await bench.poll()
    expect(bench.records.log.at(-1)?.event.data).toMatchObject({ durationMs: 60_000 })
    expect(bench.records.log.at(-1)?.event.data).toHaveProperty('build', {
      ...served,
      buildConcludedAt: MEMORY_START_AT / 1000 + 120,
    })
  })

  it('may be taken back by an answer that says so', async () => {
    const bench = feedBench(feedOf([onMain]))
    bench.api.serve(running('a', 1))
    await bench.poll()
    bench.api.serve(running('a', 1, { branch: 'dev' }))
    await bench.poll()
    expect(bench.records.isActive(keyOf('a'))).toBe(false)
  })
})

describe('a build that does not tell when it was created', () => {
  it('counts as old as it has been seen to be, for what is stuck', async () => {
    const bench = watchBench()
    bench.records.took(60_000, 60_000, 60_000)
    bench.serve({ status: 'BUILDING' })
    await bench.poll()
    bench.clock.advance(6 * 60_000)
    await bench.poll()
    expect(bench.records.log[1]?.event.data).toMatchObject({ reason: 'overdue', ageMs: 6 * 60_000 })
  })
})

describe('a build that no watch wants any more', () => {
  it('is not told to be stuck', async () => {
    const bench = feedBench()
    bench.records.took(60_000, 60_000, 60_000)
    bench.api.serve(running('a', 0, { branch: 'dev' }))
    await bench.poll()
    await bench.reload(feedOf([interestOf({ filter: { branches: ['main'], pullRequests: 'with' } })]))
    bench.afterMinutes(100)
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING'])
  })

  it('but is wanted again is taken up where it was left, with nothing told twice', async () => {
    const bench = feedBench()
    bench.api.serve(running('a', 1))
    await bench.poll()
    await bench.records.forget(refOf('a'))
    bench.api.serve(running('a', 1, { status: 'UPLOADING' }))
    await bench.poll()
    expect(bench.records.isActive(keyOf('a'))).toBe(true)
    bench.api.unlist('a')
    bench.api.serve(ended('a', 3))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#concluded'])
  })
})
