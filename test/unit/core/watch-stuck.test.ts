import { describe, expect, it } from '@jest/globals'
import { isBuildEvent } from '../../../src/domain/event.js'
import { createdAt, ended, feedBench, running } from './feed-bench.js'
import { feedOf, interestOf } from './fixtures.js'
import { watchBench } from './watch-bench.js'

const MINUTE = 60_000

describe('a build far beyond everything its job has taken', () => {
  it('is told to be stuck once, by the routes of its watches, and watched on to its end', async () => {
    const ops = [{ to: 'ops', on: ['stuck'] }] as const
    const bench = feedBench(feedOf([interestOf({ routes: ops })]))
    for (const at of [-10, -20, -30]) bench.api.serve(ended(`past-${at}`, at))
    bench.api.serve(running('a', 0))
    await bench.poll()
    bench.afterMinutes(4)
    await bench.poll()
    bench.afterMinutes(1)
    await bench.poll()
    await bench.poll()
    bench.api.serve(ended('a', 6))
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#stuck', 'a#concluded'])
    expect(bench.routesOf('a#stuck')).toEqual(['ops'])
    const stuck = bench.records.log.find(({ event }) => !isBuildEvent(event))?.event
    expect(stuck?.data).toMatchObject({
      reason: 'overdue',
      ageMs: 5 * MINUTE,
      longestMs: MINUTE,
      status: 'BUILDING',
    })
    expect(bench.told()).toContain('warn: build seems to be stuck; it is watched on')
  })

  it('is not known of a job of which hardly anything is known', async () => {
    const bench = feedBench()
    bench.api.serve(ended('past', -10))
    bench.api.serve(running('a', 0))
    await bench.poll()
    bench.afterMinutes(1000)
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING'])
  })

  it('counts by what its job has taken before, for a build that a watch names, too', async () => {
    const bench = watchBench()
    bench.records.took(MINUTE, MINUTE, 2 * MINUTE)
    bench.serve({ status: 'BUILDING', createdAt: createdAt(0) })
    await bench.poll()
    bench.clock.advance(6 * MINUTE)
    await bench.poll()
    expect(bench.records.log.map(({ event }) => event.type)).toContain('dev.buildwatchd.build.stuck.v1')
  })
})

describe('a build that was told to be stuck', () => {
  it('costs no more questions', async () => {
    const bench = feedBench()
    bench.records.took(MINUTE, MINUTE, MINUTE)
    bench.api.serve(running('a', 0))
    await bench.poll()
    bench.afterMinutes(6)
    await bench.poll()
    const tellStuck = () => Promise.reject(new Error('asked again'))
    await expect(bench.poll({ records: { ...bench.records, tellStuck } })).resolves.toBeDefined()
    expect(bench.events()).toEqual(['a#BUILDING', 'a#stuck'])
  })
})

describe('a build whose end could not be recorded', () => {
  it('is not told to be stuck for that', async () => {
    const bench = feedBench()
    bench.records.took(MINUTE, MINUTE, MINUTE)
    bench.api.serve(running('a', 0))
    await bench.poll()
    bench.afterMinutes(6)
    bench.api.serve(ended('a', 5, { createdAt: createdAt(0) }))
    bench.records.refuse('no memory')
    await bench.poll()
    expect(bench.events()).toEqual(['a#BUILDING'])
  })
})

describe('a build that finds no place to run', () => {
  it('has not been without one since before it was', async () => {
    const bench = watchBench()
    bench.serve({ status: 'QUEUED' })
    await bench.poll()
    bench.clock.advance(60 * MINUTE)
    bench.serve({ status: 'UNSCHEDULABLE' })
    await bench.poll()
    expect(bench.recorded()).toEqual(['QUEUED', 'UNSCHEDULABLE'])
    expect(bench.records.log).toHaveLength(2)
  })

  it('is told to be stuck after ten minutes', async () => {
    const bench = watchBench()
    bench.serve({ status: 'UNSCHEDULABLE' })
    await bench.poll()
    bench.clock.advance(9 * MINUTE)
    await bench.poll()
    expect(bench.records.log).toHaveLength(1)
    bench.clock.advance(MINUTE)
    await bench.poll()
    expect(bench.records.log[1]?.event.data).toMatchObject({
      reason: 'unschedulable',
      inStatusMs: 10 * MINUTE,
    })
  })
})
