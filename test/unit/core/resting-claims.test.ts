/** Who rests asks for nothing of the budget, so that the price is not kept high for nobody. */
import { expect, it } from '@jest/globals'
import { createBackoffCadence } from '../../../src/core/backoff-cadence.js'
import type { Cadence } from '../../../src/domain/ports.js'
import { apiError, FEED_ID, feedOf, interestOf } from './fixtures.js'
import { watchBench } from './watch-bench.js'

const HOUR = 3_600_000
const OFFICE = { cron: '* 8-17 * * 1-5', timezone: 'UTC' }
const claim = { account: 'default', appetite: 1, fixedPerS: 0, urgency: 1, active: 0 }

function restBench() {
  const bench = watchBench({ targets: [feedOf([interestOf({ windows: [OFFICE] })])] })
  const cadence: Cadence = {
    ...createBackoffCadence(() => 0),
    next: async () => ({ inMs: 1000, why: 'idle', claim }),
  }
  return {
    ...bench,
    poll: () => bench.poll({ cadence }),
    claimed: () => bench.targets.pacingOf(FEED_ID)?.claim,
  }
}

it('claims nothing while its window is closed, and again when it has opened', async () => {
  const bench = restBench()
  await bench.poll()
  expect(bench.claimed()).toEqual(claim)
  bench.clock.advance(1000)
  bench.windows.closeUntil(OFFICE.cron, bench.clock.now() + HOUR)
  expect(await bench.poll()).toMatchObject({ kind: 'again', inMs: HOUR })
  expect(bench.claimed()).toBeUndefined()
  bench.clock.advance(HOUR)
  await bench.poll()
  expect(bench.claimed()).toEqual(claim)
})

it('claims nothing while it is asked once an hour, because it is gone', async () => {
  const bench = restBench()
  await bench.poll()
  bench.api.refuse('list', apiError('API_NOT_FOUND', { status: 404 }))
  for (let probe = 0; probe < 4; probe += 1) {
    bench.clock.advance(30_000)
    await bench.poll()
  }
  expect(bench.targets.pacingOf(FEED_ID)).toMatchObject({ why: 'trouble' })
  expect(bench.claimed()).toBeUndefined()
})
