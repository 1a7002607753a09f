import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { Redis } from 'ioredis'
import type { NotifierKind } from '../../../src/notify/notifier-kind.js'
import { NOTIFIER_KINDS } from '../../../src/notify/registry.js'
import { eventually } from '../../support/eventually.js'
import { type Bench, benchFor, reasonIn } from '../../support/notifier-contract.js'
import { HOSTILE_TEXTS, hostileEvents, sampleEvent } from '../../support/notifier-contract-events.js'
import { describeEachRedis } from '../../support/redis-engines.js'

const EVENT = sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 252_000 })
const KEY = Buffer.from(EVENT.id).toString('base64url')
const kinds = NOTIFIER_KINDS.filter(({ reaches }) => reaches === 'redis')

for (const kind of kinds) {
  describeEachRedis(`sending by ${kind.type}`, (engine) => {
    let admin: Redis
    let bench: Bench
    const opened = async (options: object = {}): Promise<Bench> => {
      const made = benchFor(kind, engine.url(), { key: 'builds', ...options })
      await admin.config('SET', 'requirepass', made.canary)
      return made
    }
    beforeEach(async () => {
      admin = engine.connect()
      bench = await opened()
    })
    afterEach(async () => void (await admin.config('SET', 'requirepass', '')))

    it('appends the frozen body to the right end of a list', async () => {
      await admin.rpush('builds', 'before')
      expect(await bench.send(EVENT)).toEqual({ kind: 'accepted' })
      expect(await admin.lrange('builds', 0, -1)).toEqual(['before', await bench.render(EVENT)])
    })

    it('pushes to the left end when asked to', async () => {
      await admin.rpush('builds', 'before')
      const left = await opened({ push: 'left' })
      expect(await left.send(EVENT)).toEqual({ kind: 'accepted' })
      expect(await admin.lindex('builds', 0)).toBe(await left.render(EVENT))
    })

    it.each([
      ['right', ['b', 'c']],
      ['left', ['a', 'b']],
    ])('drops the oldest of a list that grows at its %s end', async (push, others) => {
      await admin.rpush('builds', 'a', 'b', 'c')
      const short = await opened({ push, max_length: 3 })
      expect(await short.send(EVENT)).toEqual({ kind: 'accepted' })
      const body = await short.render(EVENT)
      expect(await admin.lrange('builds', 0, -1)).toEqual(
        push === 'right' ? [...others, body] : [body, ...others],
      )
    })

    it('appends body and idempotency key to a stream', async () => {
      const stream = await opened({ as: 'stream' })
      expect(await stream.send(EVENT)).toEqual({ kind: 'accepted' })
      const fields = ['event', await stream.render(EVENT), 'idempotency_key', KEY]
      expect(await admin.xrange('builds', '-', '+')).toEqual([[expect.any(String), fields]])
    })

    it('keeps a stream near the length that it may have', async () => {
      const stream = await opened({ as: 'stream', max_length: 10 })
      for (let sent = 0; sent < 250; sent++) await stream.send(EVENT)
      // Redis drops whole nodes, of a hundred entries by default.
      expect(await admin.xlen('builds')).toBeLessThan(150)
    })

    it('carries one key and one body through all attempts', async () => {
      const stream = await opened({ as: 'stream' })
      for (const attempt of [1, 2, 3]) await stream.send(EVENT, { attempt })
      const entries = await admin.xrange('builds', '-', '+')
      expect(entries).toHaveLength(3)
      expect(new Set(entries.map(([, fields]) => fields.join('\n'))).size).toBe(1)
    })

    it.each(['list', 'stream'])('is refused with the cure by a key that is no %s', async (as) => {
      await admin.hset('builds', 'a', 'b')
      const result = await (await opened({ as, max_length: 5 })).send(EVENT)
      const reason =
        'WRONGTYPE: builds holds another type of value; choose another key, or set as to what it is'
      expect(result).toEqual({ kind: 'refused', reason })
      expect(await admin.hgetall('builds')).toEqual({ a: 'b' })
    })

    it('is retried, without a word of the password, while the login fails', async () => {
      await admin.config('SET', 'requirepass', 'another-password')
      const result = await bench.send(EVENT)
      expect(result).toEqual({
        kind: 'retry',
        reason: expect.stringMatching(/^the server said: WRONGPASS /),
      })
      bench.expectNoSecretIn(reasonIn(result), bench.printed.join('\n'))
    })

    it('is retried while the server asks for no password', async () => {
      await admin.config('SET', 'requirepass', '')
      const result = await bench.send(EVENT)
      expect(result).toMatchObject({ kind: 'retry', reason: expect.stringContaining('AUTH') })
      bench.expectNoSecretIn(reasonIn(result))
    })

    it('appends all or nothing where the user may push but not trim', async () => {
      await admin.acl('SETUSER', 'default', '-ltrim')
      const result = await (await opened({ max_length: 5 })).send(EVENT)
      await admin.acl('SETUSER', 'default', '+@all')
      expect(result).toMatchObject({ kind: 'retry', reason: expect.stringContaining('NOPERM') })
      expect(await admin.exists('builds')).toBe(0)
    })

    it('leaves no connection behind', async () => {
      await bench.send(EVENT)
      const isAlone = async () =>
        String(await admin.client('LIST'))
          .trim()
          .split('\n').length === 1
      await eventually(isAlone, { what: 'the connection is closed', withinMs: 2000 })
    })

    it('holds no secret in what it writes', async () => {
      await bench.send(EVENT)
      bench.expectNoSecretIn(...(await admin.lrange('builds', 0, -1)), ...bench.printed)
    })

    it('does not reach the loopback unless its settings allow it, and says how', async () => {
      const strict = await opened({ allow_private: false })
      const result = await strict.send(EVENT)
      expect(result).toEqual({
        kind: 'refused',
        reason: '127.0.0.1 is no public address; set allow_private: true if that is meant',
      })
      expect(await admin.exists('builds')).toBe(0)
    })

    it.each(HOSTILE_TEXTS)('writes one item for each event, whole (hostile text %#)', async (text) => {
      const events = hostileEvents(text)
      for (const event of events) expect((await bench.send(event)).kind).toBe('accepted')
      expect(await admin.lrange('builds', 0, -1)).toEqual(await Promise.all(events.map(bench.render)))
      expect(await admin.keys('*')).toEqual(['builds'])
    })
  })

  describe(`sending by ${kind.type} to what is no good server`, () => {
    let server: Server
    const sockets = new Set<Socket>()
    afterEach(async () => {
      for (const socket of sockets) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    })

    it('gives up one that says nothing at its deadline, to be retried', async () => {
      const { bench } = await benchAt(() => undefined, { timeout: '500ms' })
      expect(await bench.send(EVENT)).toEqual({ kind: 'retry', reason: 'no complete answer within 0.5 s' })
    })

    it('ends at once when told to stop', async () => {
      const stop = new AbortController()
      const { bench } = await benchAt(() => stop.abort())
      expect(await bench.send(EVENT, { signal: stop.signal })).toEqual({
        kind: 'retry',
        reason: 'interrupted: the daemon is stopping',
      })
    })

    it('connects to nobody when told to stop before it began', async () => {
      const { bench } = await benchAt(() => undefined)
      expect((await bench.send(EVENT, { signal: AbortSignal.abort() })).kind).toBe('retry')
      expect(sockets.size).toBe(0)
    })

    it('retries what was cut without an answer, once for each attempt', async () => {
      const { bench } = await benchAt((socket) => void socket.destroy())
      expect((await bench.send(EVENT)).kind).toBe('retry')
      expect(sockets.size).toBe(1)
    })

    it('retries while nobody listens', async () => {
      const { bench, origin } = await benchAt(() => undefined)
      await new Promise((resolve) => server.close(resolve))
      const result = await bench.send(EVENT)
      expect(result).toEqual({ kind: 'retry', reason: 'no answer: ECONNREFUSED' })
      expect(origin).toContain('127.0.0.1')
    })

    it('retries what speaks another language', async () => {
      const { bench } = await benchAt((socket) => void socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
      expect((await bench.send(EVENT)).kind).toBe('retry')
    })

    it.each(['LOADING the dataset', 'OOM command not allowed', 'READONLY a replica', 'MOVED 1 10.0.0.1:1'])(
      'retries what answers %s',
      async (words) => {
        const { bench } = await benchAt((socket) => void socket.write(`-${words}\r\n`))
        expect(await bench.send(EVENT)).toEqual({ kind: 'retry', reason: `the server said: ${words}` })
      },
    )

    it('shows no secret of a server that echoes everything', async () => {
      const { bench } = await benchAt((socket, said) => {
        const flat = said.toString().replaceAll(/\r\n/g, ' ')
        socket.write(`-ERR ${flat} ${encodeURIComponent(flat)} ${Buffer.from(flat).toString('base64')}\r\n`)
      })
      const result = await bench.send(EVENT)
      expect(reasonIn(result)).toContain('[secret]')
      bench.expectNoSecretIn(reasonIn(result), bench.printed.join('\n'))
    })

    async function benchAt(
      answer: (socket: Socket, said: Buffer) => void,
      options: object = {},
    ): Promise<{ bench: Bench; origin: string }> {
      sockets.clear()
      server = createServer((socket) => {
        sockets.add(socket)
        socket.on('error', () => undefined)
        socket.on('data', (said) => answer(socket, said))
      })
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      const address = server.address()
      if (address === null || typeof address === 'string') throw new Error('the server does not listen')
      const origin = `redis://127.0.0.1:${address.port}`
      return { bench: benchFor(kind satisfies NotifierKind, origin, options), origin }
    }
  })
}
