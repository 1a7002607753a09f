/** Where a follower begins that has no cursor, and where one ends that only catches up. */
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { type FollowOptions, followEvents } from '../../../src/follow/follow.js'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS } from '../store/store-fixtures.js'
import { listening, type logWriter, namedLog, numberOf, otherClients, record } from './follow-fixtures.js'

describeEachRedis('beginning to follow', (engine) => {
  let redis: Redis
  let writer: ReturnType<typeof logWriter>
  let stop: AbortController

  beforeEach(async () => {
    ;({ redis, writer, stop } = await namedLog(engine.connect()))
  })
  afterEach(() => stop.abort())

  const follow = (options: Partial<FollowOptions>) =>
    followEvents({ redis: engine.url(), signal: stop.signal, ...options })

  async function caughtUp(options: Partial<FollowOptions>) {
    const tape = record(follow({ until: 'caught_up', ...options }))
    await tape.ended
    return { numbers: tape.ids().map(numberOf), gaps: tape.gaps().map(({ because }) => because) }
  }

  /** A log that was given an event at each of these instants. */
  async function logAt(...instants: number[]): Promise<void> {
    await writer.append(instants.length)
    const entries = await redis.xrange(KEYS.events, '-', '+')
    await redis.del(KEYS.events)
    for (const [at, [, fields]] of entries.entries())
      await redis.xadd(KEYS.events, `${instants[at]}-0`, ...fields)
  }

  it('goes by the instant at which Redis was given an event, that instant included', async () => {
    await logAt(1000, 2000, 3000)
    expect(await caughtUp({ since: 2000 })).toEqual({ numbers: [1, 2], gaps: [] })
    expect(await caughtUp({ since: 2001 })).toEqual({ numbers: [2], gaps: [] })
    expect(await caughtUp({ since: 0 })).toEqual({ numbers: [0, 1, 2], gaps: [] })
    expect(await caughtUp({ since: 9000 })).toEqual({ numbers: [], gaps: [] })
  })

  it('tells no gap for what was trimmed before the instant, and one for what may have come after it', async () => {
    await logAt(1000, 2000, 3000, 4000)
    await redis.xtrim(KEYS.events, 'MINID', 2000)
    expect(await caughtUp({ since: 2500 })).toEqual({ numbers: [2, 3], gaps: [] })
    expect(await caughtUp({ since: 1500 })).toEqual({ numbers: [1, 2, 3], gaps: ['trimmed'] })
  })

  it('tells what comes after it has caught up, each event once', async () => {
    await writer.append(250)
    const tape = record(follow({ since: 1 }))
    await eventually(() => tape.ids().length === 250, { what: '250 events', withinMs: 4000 })
    await listening(redis)
    const later = await writer.append(2)
    await tape.has(later.at(-1))
    expect(tape.ids().map(numberOf)).toEqual(Array.from({ length: 252 }, (_, at) => at))
    expect(tape.gaps()).toEqual([])
  })

  it('begins with the last of those that are wanted, however far back they are', async () => {
    await writer.append(230)
    expect(await caughtUp({ last: 3 })).toEqual({ numbers: [227, 228, 229], gaps: [] })
    const [[, fields] = ['', []]] = await redis.xrange(KEYS.events, '-', '+', 'COUNT', 1)
    const others = fields.map((text) => text.replaceAll('nightly', 'hourly'))
    for (let more = 0; more < 120; more += 1) await redis.xadd(KEYS.events, '*', ...others)
    const { numbers } = await caughtUp({ last: 2, match: { job: 'nightly' } })
    expect(numbers).toEqual([228, 229])
    expect(await caughtUp({ last: 1000, match: { job: 'hourly' } })).toMatchObject({
      numbers: { length: 120 },
    })
  })

  it('begins with the oldest, and tells no gap, where fewer are left than are asked for', async () => {
    await writer.append(5)
    await redis.xtrim(KEYS.events, 'MAXLEN', 2)
    expect(await caughtUp({ last: 4 })).toEqual({ numbers: [3, 4], gaps: [] })
    expect(await caughtUp({ last: 2 })).toEqual({ numbers: [3, 4], gaps: [] })
  })

  it('begins now with the last none', async () => {
    await writer.append(2)
    expect(await caughtUp({ last: 0 })).toEqual({ numbers: [], gaps: [] })
  })

  it('ends where there is no log, and where its data has no name yet', async () => {
    expect(await caughtUp({ last: 2 })).toEqual({ numbers: [], gaps: [] })
    expect(await caughtUp({ since: 5 })).toEqual({ numbers: [], gaps: [] })
    await redis.del(KEYS.meta)
    expect(await caughtUp({ after: 'beginning' })).toEqual({ numbers: [], gaps: [] })
  })

  it('closes what it opened when it has caught up', async () => {
    const clients = await otherClients(redis)
    await writer.append(1)
    await caughtUp({ after: 'beginning' })
    await eventually(async () => (await otherClients(redis)) === clients, {
      what: 'no connection',
      withinMs: 2000,
    })
  })

  it('hands on an event as it stands in the log', async () => {
    const text = '{"id":"a/jobs/b/build-7#X", "type":"x", "subject":"a", "data":{}, "spaced" : 1.0}'
    await redis.xadd(KEYS.events, '*', 'event', text)
    const tape = record(follow({ until: 'caught_up', after: 'beginning' }))
    await tape.ended
    expect(tape.items).toMatchObject([{ kind: 'event', text }])
  })

  it('refuses two beginnings, and what is none', () => {
    expect(() => follow({ since: 1, last: 1 })).toThrow('after, since and last each say where to begin')
    expect(() => follow({ since: -1 })).toThrow('since is -1; it takes epoch milliseconds')
    expect(() => follow({ last: 1.5 })).toThrow('last is 1.5; it takes a number of events')
  })
})
