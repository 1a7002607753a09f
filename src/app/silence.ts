import { parseDurationMs } from '../config/duration.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { Random } from '../domain/ports.js'
import { type Silence, type SilenceScope, silenceId } from '../domain/silence.js'
import { createSilences, type SilenceStore } from '../store/silences.js'
import { type RedisRequest, readingRedis } from './redis-access.js'

export { SCOPE_KEYS, type Silence } from '../domain/silence.js'

export interface SilenceWish {
  readonly scope: SilenceScope
  /** As `2h`. */
  readonly lasts: string
  readonly reason: string
  readonly now: number
  readonly random: Random
}

const [LEAST_MS, MOST_MS] = [1000, 365 * 86_400_000]
const MORE_IDS = 20

/** In force for what is dispatched from then on. Rejects with USAGE, and as {@link readingRedis} does, as all of these. */
export async function addSilence(wish: SilenceWish, request: RedisRequest): Promise<Silence> {
  const lastsMs = parseDurationMs(wish.lasts)
  if (lastsMs === undefined || lastsMs < LEAST_MS || lastsMs > MOST_MS)
    throw usage(
      `--for takes a span from 1s to 365d, such as 30m, 2h or 7d, not ${JSON.stringify(wish.lasts)}`,
    )
  const { scope, reason, now, random } = wish
  return onSilences(request, async (silences) => {
    for (let left = MORE_IDS; left > 0; left--) {
      const silence = { id: silenceId(random), scope, reason, createdAt: now, endsAt: now + lastsMs }
      const result = await silences.add(silence)
      if (result === 'full') throw usage('there are 1000 silences already; remove some, or widen one')
      if (result === 'added') return silence
    }
    throw new BuildwatchdError('INTERNAL', 'no id is left for a silence')
  })
}

/** Those that have not ended, the first to end first. */
export function listSilences(request: RedisRequest): Promise<readonly Silence[]> {
  return onSilences(request, (silences) => silences.active())
}

export function removeSilence(id: string, request: RedisRequest): Promise<void> {
  return onSilences(request, async (silences) => {
    if (await silences.remove(id)) return
    throw usage(
      `no silence is called ${JSON.stringify(id)}, or it has ended; buildwatchd silence list shows those that last`,
    )
  })
}

function onSilences<T>(request: RedisRequest, use: (silences: SilenceStore) => Promise<T>): Promise<T> {
  return readingRedis(request, (access) => use(createSilences({ ...access, clock: Date })))
}

function usage(message: string): BuildwatchdError {
  return new BuildwatchdError('USAGE', message)
}
