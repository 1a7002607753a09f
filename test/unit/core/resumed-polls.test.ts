/** A whole account may wait for one instant, the reset. */
import { expect, it } from '@jest/globals'
import type { Permit } from '../../../src/domain/ports.js'
import { createMemoryBudget } from '../../support/memory-ports.js'
import { watchBench } from './watch-bench.js'

it.each([
  ['budget', 60_000, 62_500],
  ['throttled', 60_000, 62_500],
  ['budget', 400, 500],
  ['pace', 60_000, 60_000],
] as const)(
  'a poll that is denied for its %s for %d ms comes back in its own moment',
  async (because, forMs, inMs) => {
    const denied: Permit = { kind: 'denied', because, inMs: forMs }
    const bench = watchBench({ budget: { ...createMemoryBudget(), take: async () => denied } })
    expect(await bench.poll({ random: () => 0.5 })).toEqual({ kind: 'again', inMs })
  },
)
