/**
 * The newest probes of each target, for people who ask what their requests were spent on. Nothing depends on them: what cannot
 * be written is left out, and they go with time.
 */
import type { Redis } from 'ioredis'
import type { ProbeNotes } from '../domain/ports.js'
import { PROBE_REASONS, type ProbeNote, type ProbeReason } from '../domain/probe.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

/** Of a target; at the shortest pause a quarter of an hour, at the longest some days. */
const MOST = 400
const KEPT_MS = 14 * 86_400_000

export function createProbeNotes({ redis, keys }: { readonly redis: Redis; readonly keys: Keys }) {
  return {
    async note(target, note) {
      const key = keys.probes(target)
      const { at, why, requests, saw } = note
      const fields = ['at', at, 'why', why, 'requests', requests, 'saw', JSON.stringify(saw)]
      const batch = redis.pipeline().xadd(key, 'MAXLEN', '~', MOST, '*', ...fields)
      // A Redis that is full or away shows where it matters: at the record.
      await batch
        .pexpire(key, KEPT_MS)
        .exec()
        .catch(() => undefined)
    },
    async read(target) {
      const key = keys.probes(target)
      const entries = await redisCall(`read ${key}`, () => redis.xrange(key, '-', '+'))
      return entries.map(([, flat]) => noteOf(flat))
    },
  } satisfies ProbeNotes
}

function noteOf(flat: readonly string[]): ProbeNote {
  const [, at, , why, , requests, , saw = ''] = flat
  return { at: Number(at), why: reasonOf(why), requests: Number(requests), saw: JSON.parse(saw) }
}

/** A newer replica may have had a reason that is not known here. */
function reasonOf(word: string | undefined): ProbeReason {
  return PROBE_REASONS.find((reason) => reason === word) ?? 'plan'
}
