import { describe, expect, it } from '@jest/globals'
import type { UserRedisPlace } from '../../../src/domain/user-redis.js'
import type { NotifierTools } from '../../../src/notify/notifier-kind.js'
import { redisKind } from '../../../src/notify/redis.js'
import { sampleEvent } from '../../support/notifier-contract-events.js'
import { NO_TOOLS } from '../../support/notifier-tools.js'

const EVENT = sampleEvent({ outcome: 'failure' })

describe('the address of redis', () => {
  it.each([
    ['', 'must be an address such as rediss://'],
    ['redis.example.com:6379', 'must begin with redis:// or rediss://'],
    ['https://:s3cr3t-s3cr3t@redis.example.com', 'must begin with redis:// or rediss://'],
    ['redis://', 'names no host'],
    ['rediss://:s3cr3t-s3cr3t@redis.example.com/builds', 'must end with the number of a database'],
    ['rediss://:s3cr3t-s3cr3t%zz@redis.example.com', 'holds a % that begins no percent-encoding'],
  ])('is retried with the place and the cure while it is %j', async (url, cure) => {
    const { result, places } = await sent(url)
    expect(result).toEqual({
      kind: 'retry',
      reason: expect.stringMatching(/^notifiers\.queue\.url: /),
    })
    expect(JSON.stringify(result)).toContain(cure)
    expect(JSON.stringify(result)).not.toContain('s3cr3t')
    expect(places).toEqual([])
  })

  it.each([
    ['redis://:s3cr3t-s3cr3t@8.8.8.8', {}, 'redis:// to 8.8.8.8 sends in the clear; use rediss://'],
    ['rediss://:s3cr3t-s3cr3t@10.0.0.1', {}, '10.0.0.1 is no public address; set allow_private: true'],
    ['rediss://10.0.0.1', { allow_insecure: true }, 'set allow_private: true'],
    ['redis://[::1]:6380', {}, '::1 is no public address'],
  ])('%s with %j is refused', async (url, options, reason) => {
    const { result, places } = await sent(url, options)
    expect(result).toEqual({ kind: 'refused', reason: expect.stringContaining(reason) })
    expect(JSON.stringify(result)).not.toContain('s3cr3t')
    expect(places).toEqual([])
  })

  it.each([
    ['redis://10.0.0.1', { allow_private: true }, ['10.0.0.1']],
    ['rediss://8.8.8.8:6380/2', {}, ['8.8.8.8']],
    ['redis://8.8.8.8', { allow_insecure: true }, ['8.8.8.8']],
    ['redis://[::1]', { allow_private: true }, ['::1']],
    [' rediss://8.8.8.8\n', {}, ['8.8.8.8']],
  ])('%j with %j is connected to by the address that was checked', async (url, options, addresses) => {
    const { result, places } = await sent(url, options)
    expect(result).toEqual({ kind: 'accepted' })
    expect(places).toMatchObject([{ url: url.trim(), addresses }])
  })
})

describe('the settings of redis', () => {
  it.each([
    [{ key: '' }, 'notifiers.queue.key'],
    [{ key: '{buildwatch}:events' }, 'notifiers.queue.key: begins as the keys of buildwatchd itself do'],
    [{ as: 'hash' }, 'notifiers.queue.as'],
    [{ max_length: 0 }, 'notifiers.queue.max_length'],
    [{ timeout: '2m' }, 'notifiers.queue.timeout: must be a duration'],
  ])('refuse %j and say where', (options, message) => {
    expect(() => made('rediss://a', { key: 'builds', ...options }, [])).toThrow(message)
  })
})

function made(url: string, options: object, places: UserRedisPlace[]) {
  const tools: NotifierTools = {
    ...NO_TOOLS,
    openUserRedis: async (place) => {
      places.push(place)
      return { write: async () => undefined, close: () => undefined }
    },
  }
  const secrets = { url: { reveal: async () => url } }
  return redisKind.create({ name: 'queue', options, secrets }, tools)
}

async function sent(url: string, options: object = {}) {
  const places: UserRedisPlace[] = []
  const delivery = { id: 'd', notifier: 'queue', event: EVENT }
  const result = await made(url, { key: 'builds', ...options }, places).send(
    { delivery, idempotencyKey: 'key-1', body: '{}', attempt: 1 },
    {
      signal: new AbortController().signal,
      logger: SILENT,
      memo: { recall: async () => undefined, keep: async () => undefined },
    },
  )
  return { result, places }
}

const SILENT = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => SILENT,
}
