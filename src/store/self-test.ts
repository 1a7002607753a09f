import type { Redis } from 'ioredis'
import { BuildwatchdError } from '../domain/errors.js'
import type { Keys } from './keys.js'
import { DEFAULT_RETENTION, runRecord } from './record-script.js'

/**
 * Runs the record script once, beside the real keys and on a channel of its own, so that a missing right is named when
 * the daemon starts and not when the first build changes: it records the end of a build, which touches every key there is.
 * The script removes what it wrote; readers see nothing of it. Rejects with REDIS_REFUSED, or REDIS_UNREACHABLE.
 */
export async function selfTest({ redis, keys }: { redis: Redis; keys: Keys }): Promise<void> {
  const reply = await runRecord(redis, {
    keys: keys.selfTest,
    expectedSeq: 0,
    eventLogCap: 1,
    retention: DEFAULT_RETENTION,
    named: true,
    build: 'selftest',
    createdAt: 0,
    change: {
      id: 'selftest',
      told: { event: '{"data":{"seq":1}}', routes: '[]' },
      end: {
        line: 'selftest',
        result: 'passed',
        outcome: 'success',
        time: '1970-01-01T00:00:00.000Z',
        durationMs: 0,
      },
    },
    fields: { seq: 1, id: 'selftest' },
    selfTest: true,
  })
  const reason = problemOf(reply, keys)
  if (reason === undefined) return
  const cure = `Give the Redis user all commands on keys ${keys.meta.replace(/meta$/, '*')} and channels ${keys.prefix}:*.`
  throw new BuildwatchdError('REDIS_REFUSED', `Redis would refuse to record builds: ${reason}. ${cure}`)
}

function problemOf(reply: Awaited<ReturnType<typeof runRecord>>, keys: Keys): string | undefined {
  if (reply.kind === 'recorded') return reply.publishRefused
  if (reply.kind === 'refused') return reply.reason
  return `keys of an earlier self-test are left over; remove ${keys.selfTest.build.replace(/build$/, '*')}`
}
