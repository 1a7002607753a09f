/** Silences as people set them, of any daemon and any settings. Few: they are read whole, once for each batch of events. */
import type { Redis } from 'ioredis'
import type { Clock } from '../domain/ports.js'
import type { Silence, Silences } from '../domain/silence.js'
import type { Keys } from './keys.js'
import { redisCall } from './redis-failure.js'

export interface SilencesDeps {
  readonly redis: Redis
  readonly keys: Keys
  readonly clock: Clock
}

export interface SilenceStore extends Silences {
  add(silence: Silence): Promise<'added' | 'id_taken' | 'full'>
  /** Answers whether there was one of this id that had not ended. */
  remove(id: string): Promise<boolean>
}

const MOST = 1000
/** So long after its end nobody's clock takes it for one that lasts. */
const LINGERS_MS = 3_600_000

export function createSilences({ redis, keys, clock }: SilencesDeps): SilenceStore {
  const key = keys.silences
  const doing = `use ${key}`

  async function active(): Promise<readonly Silence[]> {
    const held = await redisCall(doing, () => redis.hgetall(key))
    const now = clock.now()
    const known = Object.entries(held).map(([id, text]) => ({ id, silence: parse(text) }))
    const over = known.filter(({ silence }) => !silence || silence.endsAt + LINGERS_MS < now)
    if (over.length > 0) await redisCall(doing, () => redis.hdel(key, ...over.map(({ id }) => id)))
    return known
      .flatMap(({ silence }) => (silence && now < silence.endsAt ? [silence] : []))
      .sort((a, b) => a.endsAt - b.endsAt)
  }

  return {
    active,
    async add(silence) {
      if ((await active()).length >= MOST) return 'full'
      const text = JSON.stringify(silence)
      return (await redisCall(doing, () => redis.hsetnx(key, silence.id, text))) === 1 ? 'added' : 'id_taken'
    },
    async remove(id) {
      const isActive = (await active()).some((silence) => silence.id === id)
      return isActive && (await redisCall(doing, () => redis.hdel(key, id))) === 1
    },
  }
}

/** `undefined` where something else stands there: it must not hold up anything that is to be told. */
function parse(text: string): Silence | undefined {
  try {
    const silence: Silence = JSON.parse(text)
    return typeof silence?.endsAt === 'number' && isScope(silence.scope) ? silence : undefined
  } catch {
    return undefined
  }
}

function isScope(scope: unknown): boolean {
  if (typeof scope !== 'object' || scope === null || Array.isArray(scope)) return false
  return Object.values(scope).every((value) => typeof value === 'string')
}
