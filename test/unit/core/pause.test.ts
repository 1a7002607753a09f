/** A poll that is planned for later comes by once a minute, asks nobody, and waits on or is due. */
import { expect, it } from '@jest/globals'
import { createBackoffCadence } from '../../../src/core/backoff-cadence.js'
import type { NextProbe } from '../../../src/domain/cadence.js'
import type { Cadence } from '../../../src/domain/ports.js'
import { running } from './feed-bench.js'
import { feedOf } from './fixtures.js'
import { watchBench } from './watch-bench.js'

const MINUTE = 60_000

function pauseBench() {
  const bench = watchBench({ targets: [feedOf()] })
  const claim = { account: 'default', appetite: 1, fixedPerS: 0, urgency: 1, active: 1 }
  let plan: NextProbe = { inMs: 10 * MINUTE, why: 'plan', claim, reconsiderInMs: MINUTE }
  const cadence: Cadence = {
    ...createBackoffCadence(() => 0),
    next: async () => plan,
    reconsider: async () => plan,
  }
  bench.api.serve(running('a', -1))
  return {
    ...bench,
    poll: () => bench.poll({ cadence }),
    planFor: (inMs: number) => void (plan = { ...plan, inMs }),
  }
}

it('asks when the plan says so, and comes by once a minute until then', async () => {
  const bench = pauseBench()
  expect(await bench.poll()).toEqual({ kind: 'again', inMs: MINUTE })
  for (let minute = 1; minute < 10; minute += 1) {
    bench.clock.advance(MINUTE)
    expect(await bench.poll()).toEqual({ kind: 'again', inMs: MINUTE })
  }
  expect(bench.api.requests()).toBe(1)
  bench.clock.advance(MINUTE)
  await bench.poll()
  expect(bench.api.requests()).toBe(2)
  expect(bench.probeNotes.notes.map(({ why }) => why)).toEqual(['first', 'plan'])
})

it('waits for less than a minute where less is left', async () => {
  const bench = pauseBench()
  bench.planFor(90_000)
  await bench.poll()
  bench.clock.advance(MINUTE)
  expect(await bench.poll()).toEqual({ kind: 'again', inMs: 30_000 })
})

it('is due at once when the plan has become so', async () => {
  const bench = pauseBench()
  await bench.poll()
  bench.planFor(30_000)
  bench.clock.advance(MINUTE)
  await bench.poll()
  expect(bench.api.requests()).toBe(2)
})

it('waits longer when the plan has become so', async () => {
  const bench = pauseBench()
  await bench.poll()
  bench.planFor(20 * MINUTE)
  bench.clock.advance(10 * MINUTE)
  await bench.poll()
  expect(bench.api.requests()).toBe(2)
  for (let minute = 11; minute < 30; minute += 1) {
    bench.clock.advance(MINUTE)
    await bench.poll()
  }
  expect(bench.api.requests()).toBe(2)
})

it('asks where the clock was set back, rather than wait for what it had in mind', async () => {
  const bench = pauseBench()
  await bench.poll()
  bench.clock.advance(-60 * MINUTE)
  await bench.poll()
  expect(bench.api.requests()).toBe(2)
})

it('asks at once after a reload, which leaves no time of the next probe', async () => {
  const bench = pauseBench()
  await bench.poll()
  const pacing = bench.targets.pacingOf(feedOf().id)
  if (!pacing) throw new Error('no pacing')
  const { nextProbeAt: _, ...rest } = pacing
  await bench.targets.pace(feedOf().id, { ...rest, why: 'changed' })
  await bench.poll()
  expect(bench.api.requests()).toBe(2)
})
