import type { Redis } from 'ioredis'
import type { WantedConfiguration } from '../domain/ports.js'
import type { Target } from '../domain/target.js'
import type { Keys } from './keys.js'
import { UNWATCHED_TTL_S } from './record-script.js'
import { redisCall } from './redis-failure.js'
import { scanMembers } from './scan.js'
import { loadScript, type ScriptCall } from './script.js'

const PUBLISH = loadScript('publish-targets')
const RETIRE = loadScript('retire-targets')
const MARK_PUBLISHED = loadScript('mark-published')

/** Targets per script: a script holds up everyone else, so each stays near a millisecond. */
const PER_SCRIPT = 50
/** Scripts per round trip, so that a slow server still answers each within the command time-out. */
const PER_ROUND_TRIP = 20

/**
 * Writes ten thousand targets in small scripts. Each checks that the configuration is still the newest, so a replica that
 * is overtaken while it writes stops there and the newer one mends the rest; the mark that all is written comes last.
 */
export async function publishTargets(
  { digest, targets }: WantedConfiguration,
  { redis, keys }: { redis: Redis; keys: Keys },
): Promise<void> {
  const published = await redisCall(`read ${keys.configuration}`, () =>
    redis.hget(keys.configuration, 'published'),
  )
  if (published === digest) return

  const shared = [keys.configuration, keys.targets, keys.openTargets]
  const keysOf = (id: string) => [keys.target(id), keys.build(id), keys.transitions(id)]
  const toPublish = (batch: readonly Target[]): ScriptCall => ({
    keys: [...shared, ...batch.flatMap(({ id }) => keysOf(id))],
    args: [digest, ...batch.flatMap((target) => [target.id, JSON.stringify(target)])],
  })
  const toRetire = (ids: readonly string[]): ScriptCall => ({
    keys: [...shared, ...ids.flatMap(keysOf)],
    args: [digest, UNWATCHED_TTL_S, ...ids],
  })

  if (!(await runBatches(redis, PUBLISH, batchesOf(targets).map(toPublish)))) return
  const wanted = new Set(targets.map(({ id }) => id))
  const unwanted = [...(await scanMembers(redis, keys.targets))].filter((id) => !wanted.has(id))
  if (!(await runBatches(redis, RETIRE, batchesOf(unwanted).map(toRetire)))) return
  await MARK_PUBLISHED.run(redis, { keys: [keys.configuration], args: [digest] })
}

/** `false` as soon as a script says that another configuration is the newest. */
async function runBatches(
  redis: Redis,
  script: ReturnType<typeof loadScript>,
  calls: readonly ScriptCall[],
): Promise<boolean> {
  for (let at = 0; at < calls.length; at += PER_ROUND_TRIP) {
    const replies = await script.runAll(redis, calls.slice(at, at + PER_ROUND_TRIP))
    if (replies.includes(0)) return false
  }
  return true
}

function batchesOf<T>(items: readonly T[]): T[][] {
  const count = Math.ceil(items.length / PER_SCRIPT)
  return Array.from({ length: count }, (_, at) => items.slice(at * PER_SCRIPT, (at + 1) * PER_SCRIPT))
}
