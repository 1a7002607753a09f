/** What is done to a running world, noted for the checker. */
import { setTimeout as after } from 'node:timers/promises'
import type { Fault } from './history-checker/history.js'
import type { World } from './world.js'
import { API_TOKEN } from './world-files.js'

/** Whatever `work` does to Redis strikes what is in hand meanwhile. */
export async function during(
  world: World,
  kind: 'redis_away' | 'data_lost',
  work: () => Promise<unknown>,
): Promise<void> {
  const from = Date.now()
  await work()
  const until = Date.now()
  world.faults.push({ kind, from, until, ...(kind === 'data_lost' ? { lostSince: 0 } : {}) })
}

/** The API answers every request of the account with 429 for so long. */
export function throttleFor(world: World, ms: number): void {
  const from = Date.now()
  world.api.simulator.fault({ kind: 'throttled', lastsMs: ms })
  const troubles = { trouble: 'throttled', subjects: ['accounts/default'], lasting: true }
  world.faults.push({ kind: 'api_fault', from, until: from + ms, troubles })
}

/** A refused token is told after some five seconds. */
const LASTING_MS = 7000

/** The token is refused for so long, and good again afterwards. */
export async function revokeFor(world: World, ms: number): Promise<void> {
  const { simulator } = world.api
  const from = Date.now()
  simulator.revoke(API_TOKEN)
  await after(ms)
  simulator.restore(API_TOKEN)
  const fault: Fault = {
    kind: 'token_revoked',
    from,
    until: Date.now(),
    troubles: { trouble: 'unauthorized', subjects: ['accounts/default'], lasting: ms >= LASTING_MS },
  }
  world.faults.push(fault)
}
