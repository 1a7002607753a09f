import type { Redis } from 'ioredis'
import { callsFor, sumOf } from './batches.js'
import type { Keys } from './keys.js'
import { scanMembers, scanScores } from './scan.js'
import { loadScript } from './script.js'
import { TROUBLE_TTL_MS } from './troubles.js'

const RESUME = loadScript('resume-targets', ['trouble-anew'])

/** Asks again for all that was abandoned, gone or forbidden, targets and named builds; answers how many targets are open again. */
export async function resumeTargets({ redis, keys }: { redis: Redis; keys: Keys }): Promise<number> {
  const open = await scanScores(redis, keys.openTargets)
  const closed = [...(await scanMembers(redis, keys.targets))].filter((id) => !open.has(id))
  const subjects = new Set([...open.keys(), ...closed, ...(await scanMembers(redis, keys.named))])
  const calls = callsFor([...subjects], (batch) => ({
    keys: [keys.openTargets, ...batch.flatMap((id) => [keys.target(id), keys.trouble(id)])],
    args: [TROUBLE_TTL_MS, ...batch],
  }))
  return sumOf(redis, RESUME, calls)
}
