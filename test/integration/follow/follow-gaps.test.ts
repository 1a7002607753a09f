import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { type FollowOptions, followEvents } from '../../../src/follow/follow.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEYS } from '../store/store-fixtures.js'
import { listening, type logWriter, namedLog, record } from './follow-fixtures.js'

describeEachRedis('gaps between events that are followed', (engine) => {
  let redis: Redis
  let writer: ReturnType<typeof logWriter>
  let stop: AbortController

  beforeEach(async () => {
    ;({ redis, writer, stop } = await namedLog(engine.connect()))
  })
  afterEach(() => stop.abort())

  const follow = (options: Partial<FollowOptions> = {}) =>
    followEvents({ redis: engine.url(), signal: stop.signal, ...options })
  const fromBeginning = () => record(follow({ after: 'beginning' }))

  it('are told where the log no longer reaches back to the cursor', async () => {
    const ids = await writer.append(9)
    const tape = fromBeginning()
    await tape.has(ids.at(-1))
    const after = tape.items[1]?.cursor ?? ''
    await redis.xtrim(KEYS.events, 'MAXLEN', 2)
    const resumed = record(follow({ after }))
    await resumed.has(ids.at(-1))
    expect(resumed.ids()).toEqual(ids.slice(-2))
    expect(resumed.gaps()).toEqual([{ kind: 'gap', because: 'trimmed', after, cursor: 'dataset-1:0-0' }])
    expect(resumed.items[0]?.kind).toBe('gap')
  })

  it('are not told where only what it has told was trimmed', async () => {
    const ids = await writer.append(3)
    const tape = fromBeginning()
    await tape.has(ids.at(-1))
    await listening(redis)
    await redis.xtrim(KEYS.events, 'MAXLEN', 0)
    const later = await writer.append(2)
    await tape.has(later.at(-1))
    expect(tape.gaps()).toEqual([])
  })

  it('are told where Redis was emptied meanwhile, and goes on', async () => {
    const [first] = await writer.append(1)
    const tape = fromBeginning()
    await tape.has(first)
    await listening(redis)
    await redis.flushall()
    await writer.name('dataset-2')
    const [second] = await writer.append(1)
    await tape.has(second)
    expect(tape.items).toMatchObject([
      { kind: 'event', event: { id: first } },
      { kind: 'gap', because: 'dataset_changed', cursor: 'dataset-2:0-0', after: tape.items[0]?.cursor },
      { kind: 'event', event: { id: second } },
    ])
  })

  it('wait until the data has a name', async () => {
    await redis.hdel(KEYS.meta, 'dataset')
    const tape = record(follow({ after: 'dataset-0:7-0' }))
    await listening(redis)
    const [first] = await writer.append(1)
    await writer.name('dataset-1')
    const [second] = await writer.append(1)
    await tape.has(second)
    expect(tape.items.map(({ kind }) => kind)).toEqual(['gap', 'event', 'event'])
    expect(tape.ids()).toEqual([first, second])
    expect(tape.items[1]?.cursor).toMatch(/^dataset-1:/)
  })

  it('are told where the log went back to an earlier state under the same name', async () => {
    const ids = await writer.append(2)
    const tape = fromBeginning()
    await tape.has(ids.at(-1))
    await listening(redis)
    const [oldest] = await redis.xrange(KEYS.events, '-', '+', 'COUNT', 1)
    await redis
      .multi()
      .del(KEYS.events)
      .xadd(KEYS.events, oldest?.[0] ?? '', ...(oldest?.[1] ?? []))
      .exec()
    const [later] = await writer.append(1)
    await tape.has(later)
    expect(tape.gaps()).toMatchObject([{ because: 'dataset_changed', cursor: 'dataset-1:0-0' }])
    expect(tape.ids()).toEqual([...ids, ids[0], later])
  })
})
