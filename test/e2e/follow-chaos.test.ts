/** A follower whose connections are killed, whose log is trimmed and whose Redis is emptied, by a seed, while it reads fast or slowly. */
import { expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { type Followed, followEvents } from '../../src/follow/follow.js'
import { logWriter, numberOf } from '../integration/follow/follow-fixtures.js'
import { KEYS } from '../integration/store/store-fixtures.js'
import { eventually } from '../support/eventually.js'
import { describeEachRedis } from '../support/redis-engines.js'
import { type Seeded, seeded, sized } from '../support/seeded.js'

const EVENTS = { full: 100_000, reduced: 4000 }
const WALL_MS = { full: 900_000, reduced: 90_000 }
const NAME = 'follow-chaos'

/** What the reader was told, as far as it breaks the promise; and how often something was told to be missing. */
function judge(items: readonly Followed[]) {
  const faults: string[] = []
  let gaps = 0
  let last = -1
  let isAfterGap = false
  for (const item of items) {
    if (item.kind === 'gap') {
      gaps += 1
      isAfterGap = true
      continue
    }
    const number = numberOf(item.event.id)
    if (number <= last) faults.push(`${number} after ${last}`)
    if (number > last + 1 && !isAfterGap) faults.push(`lost ${last + 1} to ${number - 1}`)
    last = Math.max(last, number)
    isAfterGap = false
  }
  return { faults, gaps }
}

/** Answers how often events that nobody may have read were taken away. */
async function hurt(
  redis: Redis,
  dice: Seeded,
  name: (dataset: string) => Promise<unknown>,
): Promise<number> {
  const what = dice.pick(['normal', 'pubsub', 'normal', 'pubsub', 'trim', 'trim', 'exact', 'empty'] as const)
  if (what === 'normal' || what === 'pubsub') {
    await redis.call('CLIENT', 'KILL', 'TYPE', what)
    return 0
  }
  if (what === 'empty') {
    await redis.flushall()
    await name(`dataset-${dice.between(1, 2 ** 30)}`)
  } else {
    const most = dice.between(0, 60)
    await (what === 'exact'
      ? redis.xtrim(KEYS.events, 'MAXLEN', most)
      : redis.xtrim(KEYS.events, 'MAXLEN', '~', most))
  }
  return 1
}

describeEachRedis('a follower under faults', (engine) => {
  it(
    'loses nothing without a gap, repeats nothing and keeps the order',
    async () => {
      const dice = seeded(NAME)
      const total = sized(NAME, EVENTS)
      const redis = engine.connect()
      const writer = logWriter(redis)
      await writer.name('dataset-0')
      const stop = new AbortController()
      const items: Followed[] = []
      let slowUntil = 0
      let newest = -1
      const read = async (): Promise<void> => {
        const events = followEvents({ redis: engine.url(), after: 'beginning', signal: stop.signal })
        for await (const item of events) {
          items.push(item)
          if (item.kind === 'event') newest = numberOf(item.event.id)
          const isHeld = () => writer.written() < Math.min(slowUntil, total)
          if (isHeld()) await eventually(() => !isHeld(), { what: 'more events', withinMs: WALL_MS.full })
        }
      }
      const reading = read()
      const caughtUp = () =>
        eventually(() => newest === writer.written() - 1, {
          what: 'the newest event',
          withinMs: 15_000,
          evidence: () => JSON.stringify({ ...judge(items), newest, written: writer.written() }),
        })
      // What is trimmed before the first look was never there for it.
      await writer.append(1)
      await caughtUp()
      let takings = 0
      while (writer.written() < total) {
        await writer.append(Math.min(dice.between(1, 80), total - writer.written()))
        if (dice.random() < 0.2) slowUntil = writer.written() + dice.between(1, 400)
        if (dice.random() < 0.3) takings += await hurt(redis, dice, writer.name)
        if (dice.random() < 0.2 && writer.written() >= slowUntil) {
          await writer.append(1)
          if (writer.written() <= total) await caughtUp()
        }
      }
      await writer.append(1)
      await caughtUp()
      stop.abort()
      await reading
      const { faults, gaps } = judge(items)
      expect(faults).toEqual([])
      expect(gaps).toBeGreaterThan(0)
      expect(gaps).toBeLessThanOrEqual(takings)
    },
    process.env['BW_FULL'] === '1' ? WALL_MS.full : WALL_MS.reduced,
  )
})
