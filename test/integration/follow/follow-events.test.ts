import { getEventListeners, once } from 'node:events'
import { createServer } from 'node:net'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import { type FollowOptions, followEvents, waitForBuild } from '../../../src/follow/follow.js'
import { fence, readPage } from '../../contract/docs/markdown.js'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { KEY, KEYS, testLogger } from '../store/store-fixtures.js'
import {
  listening,
  type logWriter,
  looked,
  namedLog,
  numberOf,
  otherClients,
  record,
} from './follow-fixtures.js'

describeEachRedis('following events', (engine) => {
  let redis: Redis
  let writer: ReturnType<typeof logWriter>
  let stop: AbortController

  beforeEach(async () => {
    ;({ redis, writer, stop } = await namedLog(engine.connect()))
  })
  afterEach(() => stop.abort())

  const follow = (options: Partial<FollowOptions> = {}) =>
    followEvents({ redis: engine.url(), signal: stop.signal, ...options })
  const fromBeginning = (options: Partial<FollowOptions> = {}) =>
    record(follow({ after: 'beginning', ...options }))

  it('tells what is in the log, then what comes', async () => {
    const before = await writer.append(1250)
    const tape = fromBeginning()
    await tape.has(before.at(-1))
    await listening(redis)
    const later = await writer.append(3)
    await tape.has(later.at(-1))
    expect(tape.ids()).toEqual([...before, ...later])
    expect(tape.gaps()).toEqual([])
  })

  it('begins now where it is given no cursor', async () => {
    await writer.append(3)
    const tape = record(follow())
    await listening(redis)
    await looked(redis)
    const [first] = await writer.append(1)
    await tape.has(first)
    expect(tape.ids()).toEqual([first])
  })

  it('goes on behind a cursor', async () => {
    const ids = await writer.append(5)
    const tape = fromBeginning()
    await tape.has(ids.at(-1))
    const resumed = record(follow({ after: tape.items[2]?.cursor ?? '' }))
    await resumed.has(ids.at(-1))
    expect(resumed.ids()).toEqual(ids.slice(3))
    expect(resumed.gaps()).toEqual([])
  })

  it('loses and repeats nothing that is written while it begins', async () => {
    const enough = new AbortController()
    const ids: string[] = []
    const write = async (): Promise<void> => {
      while (!enough.signal.aborted) ids.push(...(await writer.append(7)))
    }
    const done = write()
    const whole = fromBeginning()
    const fromNow = record(follow())
    for (const tape of [whole, fromNow])
      await eventually(() => tape.ids().length > 150, { what: '150 events', withinMs: 8000 })
    enough.abort()
    await done
    await Promise.all([whole.has(ids.at(-1)), fromNow.has(ids.at(-1))])
    expect(whole.ids()).toEqual(ids)
    expect(fromNow.ids()).toEqual(ids.slice(numberOf(fromNow.ids()[0] ?? '')))
    expect([...whole.gaps(), ...fromNow.gaps()]).toEqual([])
  })

  it.each(['normal', 'pubsub'])('survives that its %s connections are killed', async (type) => {
    const failures: Error[] = []
    const before = await writer.append(2)
    const tape = fromBeginning({ onError: (error) => failures.push(error) })
    await tape.has(before.at(-1))
    await listening(redis)
    await redis.call('CLIENT', 'KILL', 'TYPE', type)
    const later = await writer.append(2)
    await tape.has(later.at(-1))
    await listening(redis)
    const last = await writer.append(1)
    await tape.has(last[0])
    expect(tape.ids()).toEqual([...before, ...later, ...last])
  })

  it('reads no further ahead of a slow reader than a page', async () => {
    await writer.append(2000)
    const events = follow({ after: 'beginning' })
    await events.next()
    await redis.xtrim(KEYS.events, 'MAXLEN', 1)
    const tape = record(events)
    await eventually(() => tape.ids().some((id) => numberOf(id) === 1999), {
      what: 'the last',
      withinMs: 4000,
    })
    expect(tape.gaps()).toHaveLength(1)
    expect(tape.ids().length).toBeLessThanOrEqual(501)
  })

  it('tells what matches and nothing else, at once', async () => {
    const tape = record(follow({ match: { project: 'shop', job: 'nightly', branch: '!main' } }))
    await listening(redis)
    await looked(redis)
    await writer.append(1)
    const [[, fields] = ['', []]] = await redis.xrange(KEYS.events, '-', '+')
    await redis.xadd(KEYS.events, '*', ...fields.map((text) => text.replaceAll('nightly', 'hourly')))
    const [last] = await writer.append(1)
    await tape.has(last)
    expect(tape.ids().map(numberOf)).toEqual([0, 1])
    expect(tape.ids().join()).not.toContain('hourly')
  })

  it('passes over what others write into the log', async () => {
    await redis.xadd(KEYS.events, '*', 'note', 'not ours')
    await redis.xadd(KEYS.events, '*', 'event', '{"half')
    for (const data of ['', ',"data":null', ',"data":"text"', ',"data":[]', ',"data":{"build":null}'])
      await redis.xadd(KEYS.events, '*', 'event', `{"id":"a","type":"b","subject":"c"${data}}`)
    const ids = await writer.append(1)
    const tape = fromBeginning({ match: { branch: '!none' } })
    await tape.has(ids[0])
    expect(tape.items).toHaveLength(1)
  })

  it('looks by itself where no channel may be heard', async () => {
    await redis.call('ACL', 'SETUSER', 'deaf', 'on', '>password', '~*', 'resetchannels', '+@all')
    const failures: Error[] = []
    const url = engine.url().replace('//', '//deaf:password@')
    const tape = record(follow({ redis: url, after: 'beginning', onError: (error) => failures.push(error) }))
    await eventually(() => failures.length > 0, { what: 'the refusal', withinMs: 4000 })
    const ids = await writer.append(1)
    await tape.has(ids[0], 10_000)
    expect(failures[0]?.message).toContain('NOPERM')
    await redis.call('ACL', 'DELUSER', 'deaf')
  })

  it('takes no more rights than the page gives a reader, and listens to everything where those allow no narrower pattern', async () => {
    const [, name = '', ...rules] = fence(readPage('docs/redis.md'), 'acl reader').trim().split(/\s+/)
    await redis.call('ACL', 'SETUSER', name, 'reset', ...rules)
    const failures: Error[] = []
    const url = engine.url().replace('//', `//${name}:password@`)
    const onError = (error: Error) => failures.push(error)
    const tape = record(follow({ redis: url, after: 'beginning', match: { project: 'shop' }, onError }))
    await listening(redis)
    expect(await redis.pubsub('NUMPAT')).toBe(1)
    const ids = await writer.append(1)
    await tape.has(ids[0])
    await redis.hset(KEYS.build(KEY), { concluded: 'true', outcome: 'success' })
    expect(await waitForBuild(KEY, { redis: url, onError })).toEqual({ build: KEY, outcome: 'success' })
    expect(failures).toEqual([])
    await redis.call('ACL', 'DELUSER', name)
  })

  it('ends without an error when it is aborted, and closes what it opened', async () => {
    const clients = await otherClients(redis)
    const tape = fromBeginning()
    await listening(redis)
    stop.abort()
    await tape.ended
    await eventually(async () => (await otherClients(redis)) === clients, {
      what: 'no connection',
      withinMs: 2000,
    })
  })

  it('hangs no more on a signal that many share than one does', async () => {
    const [first] = await writer.append(1)
    const tapes = Array.from({ length: 12 }, () => fromBeginning())
    await Promise.all(tapes.map((tape) => tape.has(first)))
    expect(getEventListeners(stop.signal, 'abort').length).toBeLessThanOrEqual(1)
    const others = Array.from({ length: 3 }, () =>
      waitForBuild(KEY, { redis: engine.url(), signal: stop.signal }),
    )
    const refusals = others.map((other) => expect(other).rejects.toThrow('enough'))
    stop.abort(new Error('enough'))
    await Promise.all([...refusals, ...tapes.map(({ ended }) => ended)])
    expect(getEventListeners(stop.signal, 'abort')).toEqual([])
  })

  it('opens nothing where it was aborted before', async () => {
    stop.abort()
    await record(follow({ redis: 'redis://127.0.0.1:1' })).ended
    expect(await follow().next()).toEqual({ done: true, value: undefined })
  })

  it('leaves a client that it was given open, with its own settings, when the loop is left', async () => {
    const given = engine.connect({ keyPrefix: 'mine:', enableOfflineQueue: false, lazyConnect: true })
    await given.connect()
    const clients = await otherClients(redis)
    await writer.append(2)
    for await (const item of follow({ redis: given, after: 'beginning' })) {
      expect(item.kind).toBe('event')
      break
    }
    await eventually(async () => (await otherClients(redis)) === clients, {
      what: 'no connection',
      withinMs: 2000,
    })
    expect(await given.ping()).toBe('PONG')
  })

  it('puts nothing before the keys, whatever the address says', async () => {
    const [id] = await writer.append(1)
    const address = `${engine.url()}?keyPrefix=mine:&family=4`
    const tape = fromBeginning({ redis: address, until: 'caught_up' })
    await tape.ended
    expect(tape.ids()).toEqual([id])
  })

  it('ends a wait for the next event when the iteration is given up', async () => {
    const events = follow()
    const next = events.next()
    await listening(redis)
    await events.return?.()
    expect(await next).toEqual({ done: true, value: undefined })
  })

  it('hands on what is thrown into a generator that passes its items on, and closes what it opened', async () => {
    await writer.append(2)
    const clients = await otherClients(redis)
    const passing = (async function* () {
      yield* follow({ after: 'beginning' })
    })()
    await passing.next()
    await expect(passing.throw(new Error('enough'))).rejects.toThrow('enough')
    await eventually(async () => (await otherClients(redis)) === clients, {
      what: 'no connection',
      withinMs: 2000,
    })
  })

  it('says what is in the way, tries for ever, and can be stopped all the same', async () => {
    const { warn, lines } = testLogger()
    const tape = record(follow({ redis: 'redis://127.0.0.1:1', onError: (error) => warn({}, error.message) }))
    await eventually(() => lines.length > 2, { what: 'failures', withinMs: 4000 })
    stop.abort()
    await tape.ended
    expect(lines.map(({ message }) => message).join()).toContain('ECONNREFUSED')
  })

  it('says so where it is let in and shown the door, without a word', async () => {
    const door = createServer((socket) => socket.once('data', () => socket.end()))
    await once(door.listen(0, '127.0.0.1'), 'listening')
    const failures: string[] = []
    const place = { host: '127.0.0.1', port: Object(door.address()).port }
    const tape = record(follow({ redis: place, onError: ({ message }) => failures.push(message) }))
    await eventually(() => failures.length > 1, { what: 'failures', withinMs: 4000 })
    expect(failures[0]).toBe('the connection was closed')
    stop.abort()
    await tape.ended
    door.close()
  })

  it('refuses what is no cursor, prefix or match', () => {
    expect(() => follow({ after: 'yesterday' })).toThrow('no cursor')
    expect(() => follow({ prefix: 'a b' })).toThrow('prefix')
    expect(() => follow({ match: { job: 'a', service: 'b' } })).toThrow('match')
  })
})
