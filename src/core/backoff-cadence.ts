import type { Cadence, Random } from '../domain/ports.js'
import { cadenceMs } from '../planning/backoff.js'

/** When to ask next, by plain exponential backoff: nothing is learned, and nobody is more urgent than others. */
export function createBackoffCadence(random: Random): Cadence {
  return {
    next: async ({ target, pacing }) => ({
      inMs: cadenceMs(pacing, target.polling, random()),
      why: 'backoff',
    }),
    reconsider: async () => undefined,
    learn: async () => undefined,
    patience: async () => Infinity,
  }
}
