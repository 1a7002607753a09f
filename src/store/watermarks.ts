/**
 * How far the interests of feeds have come, in one hash for all of them: what a running daemon remembers of it must be put back
 * after a FLUSHALL before any feed is polled, and that takes one read with each sweep. A mark that this process has not seen yet,
 * because another has begun it a moment ago, is missing from `read`; `begin` then answers it as it stands.
 */
import type { Redis } from 'ioredis'
import type { Watermark } from '../domain/history.js'
import type { Watermarks } from '../domain/ports.js'
import { callsFor, repliesOfAll } from './batches.js'
import type { Keys } from './keys.js'
import { forEach } from './pipeline.js'
import { redisCall } from './redis-failure.js'
import { asList, asText } from './reply.js'
import { loadScript } from './script.js'
import { fieldOf, formatMark } from './watermark-fields.js'
import { createWatermarkMemory, type WatermarkMemory } from './watermark-memory.js'

const BEGIN = loadScript('begin-watermarks')
const CATCH_UP = loadScript('catch-up-watermarks')

export interface WatermarksDeps {
  readonly redis: Redis
  readonly keys: Keys
}

export function createWatermarks({ redis, keys }: WatermarksDeps): Watermarks {
  const key = keys.watermarks
  const memory = createWatermarkMemory()
  const { restore, atFirst } = createRestoring(memory, { redis, keys })

  async function read(feed: string): Promise<ReadonlyMap<string, Watermark>> {
    await atFirst()
    const interests = memory.interestsOf(feed)
    if (interests.length === 0) return new Map()
    const fields = interests.map((interest) => fieldOf(feed, interest))
    const held = await redisCall(`read ${key}`, () => redis.hmget(key, ...fields))
    return new Map(
      interests.flatMap((interest, at) => {
        const mark = seen(fieldOf(feed, interest), held[at])
        return mark ? [[interest, mark] as const] : []
      }),
    )
  }

  /** What Redis lacks is left to `begin` and `restore`: who has taken it away is not known here. */
  function seen(field: string, text: string | null | undefined): Watermark | undefined {
    if (!text) return undefined
    memory.note(field, text)
    return memory.get(field)
  }

  async function begin(
    feed: string,
    marks: ReadonlyMap<string, Watermark>,
  ): Promise<ReadonlyMap<string, Watermark>> {
    await atFirst()
    const fresh = [...marks].map(([interest, mark]) => [fieldOf(feed, interest), mark] as const)
    const reply = await BEGIN.run(redis, {
      keys: [key],
      args: fresh.flatMap(([field, mark]) => [field, formatMark(mark), memory.textOf(field) ?? '']),
    })
    const held = asList(reply)
    fresh.forEach(([field], at) => memory.note(field, asText(held[at])))
    return read(feed)
  }

  async function caughtUp(feed: string, interests: readonly string[]): Promise<void> {
    const fields = interests.map((interest) => fieldOf(feed, interest))
    const held = asList(await CATCH_UP.run(redis, { keys: [key], args: fields }))
    fields.forEach((field, at) => {
      if (held[at] === null) memory.catchUp(field)
      else memory.note(field, asText(held[at]))
    })
  }

  return { read, begin, caughtUp, restore }
}

function createRestoring(memory: WatermarkMemory, { redis, keys }: WatermarksDeps) {
  const key = keys.watermarks
  let first: Promise<void> | undefined

  async function restore(): Promise<void> {
    const held = await redisCall(`read ${key}`, () => redis.hgetall(key))
    const behind = Object.entries(held).flatMap(([field, text]) =>
      memory.note(field, text).isBehind ? [field] : [],
    )
    const lost = memory.fields().filter((field) => !Object.hasOwn(held, field))
    await forEach(redis, lost, {
      doing: `write ${key}`,
      add: (batch, field) => batch.hsetnx(key, field, memory.textOf(field) ?? ''),
    })
    await repliesOfAll(
      redis,
      CATCH_UP,
      callsFor(behind, (fields) => ({ keys: [key], args: fields })),
    )
  }

  /** Nothing is known of any feed before all has been read once; whoever comes meanwhile waits for the same. */
  function atFirst(): Promise<void> {
    first ??= restore().catch((error: unknown) => {
      first = undefined
      throw error
    })
    return first
  }

  return { restore, atFirst }
}
