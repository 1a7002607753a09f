import { once } from 'node:events'
import { describe, expect } from '@jest/globals'
import { Redis } from 'ioredis'
import { followEvents } from '../../../src/follow/follow.js'
import { itOnServer, type ServerRedis } from '../../support/world-redis.js'
import { logWriter, record } from './follow-fixtures.js'

const PATIENCE_MS = 20_000

async function onServer(
  server: ServerRedis,
  body: (means: { redis: Redis; url: string; stop: AbortController }) => Promise<void>,
): Promise<void> {
  const url = await server.url()
  const redis = new Redis(url, { maxRetriesPerRequest: null })
  redis.on('error', () => undefined)
  const stop = new AbortController()
  try {
    await body({ redis, url, stop })
  } finally {
    stop.abort()
    redis.disconnect()
  }
}

describe('following events of a server that comes and goes', () => {
  itOnServer(
    'goes on where it was after a restart',
    (server) =>
      onServer(server, async ({ redis, url, stop }) => {
        const writer = logWriter(redis)
        await writer.name('dataset-1')
        const before = await writer.append(3)
        const tape = record(followEvents({ redis: url, after: 'beginning', signal: stop.signal }))
        await tape.has(before.at(-1))
        await server.stop()
        await server.start()
        const later = await writer.append(3)
        await tape.has(later.at(-1), 10_000)
        expect(tape.ids()).toEqual([...before, ...later])
        expect(tape.gaps()).toEqual([])
      }),
    PATIENCE_MS,
  )

  itOnServer(
    'begins when the server does',
    (server) =>
      onServer(server, async ({ redis, url, stop }) => {
        const writer = logWriter(redis)
        await writer.name('dataset-1')
        const ids = await writer.append(3)
        await server.stop()
        const failures = new EventTarget()
        const failed = once(failures, 'failure')
        const onError = (): boolean => failures.dispatchEvent(new Event('failure'))
        const tape = record(followEvents({ redis: url, after: 'beginning', signal: stop.signal, onError }))
        await failed
        await server.start()
        await tape.has(ids.at(-1), 10_000)
        expect(tape.ids()).toEqual(ids)
      }),
    PATIENCE_MS,
  )
})
