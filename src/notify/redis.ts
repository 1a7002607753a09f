/**
 * Appends the event to a list (LPUSH, RPUSH) or a stream (XADD) in a Redis of the user's own, for workers and scripts that
 * read one already. A repeat after a lost answer is told by the event's `id`, in a stream also by `idempotency_key`.
 */
import { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import type { OutgoingDelivery, Secret } from '../domain/ports.js'
import type { OpenUserRedis, RedisCommand } from '../domain/user-redis.js'
import { startDeadline } from './deadline.js'
import { httpOptions, policyOf } from './http-options.js'
import { defineNotifierKind } from './notifier-kind.js'
import { allowedAddresses, failureOf, redisUrlProblem } from './redis-place.js'

const LONGEST_KEY = 512
const OUR_OWN = /^\{[a-z0-9_-]+\}:/

const options = z.strictObject({
  key: z
    .string()
    .min(1)
    .max(LONGEST_KEY)
    .refine((key) => !OUR_OWN.test(key), 'begins as the keys of buildwatchd itself do; choose another')
    .describe('The key of the list or stream.'),
  as: z
    .enum(['list', 'stream'])
    .default('list')
    .describe('`list`: each item is the event; `stream`: its fields are `event` and `idempotency_key`.'),
  push: z
    .enum(['right', 'left'])
    .default('right')
    .describe('Which end of the list grows: `right` (RPUSH) or `left` (LPUSH).'),
  max_length: z
    .int()
    .min(1)
    .max(100_000_000)
    .optional()
    .describe('The oldest beyond this many are dropped; a stream may keep some more. By default none are.'),
  timeout: httpOptions.timeout,
  allow_private: z
    .boolean()
    .default(false)
    .describe('Also connect to private, loopback and link-local addresses, by redis:// too.'),
  allow_insecure: z.boolean().default(false).describe('Also connect by redis:// to public addresses.'),
})

type RedisOptions = z.output<typeof options>

export const redisKind = defineNotifierKind({
  type: 'redis',
  summary: 'Appends the event to a list or a stream in a Redis of your own.',
  reaches: 'redis',
  options,
  secrets: [
    {
      name: 'url',
      required: true,
      describe: 'The address, `rediss://user:password@host:6379/0`; `redis://` sends in the clear.',
    },
  ],
  sample: (endpoint, secret) => ({
    options: { key: 'builds' },
    secrets: { url: sampleUrl(endpoint, secret) },
  }),
  create: (settings, { openUserRedis }) => ({
    isPlain: true,
    render: ({ event }) => JSON.stringify(event),
    async send(outgoing, { signal }) {
      const url = await revealed(settings.name, settings.secrets.url)
      const { options } = settings
      const deadline = startDeadline(policyOf(options).deadlineMs, signal)
      try {
        await deadline.race(append(outgoing, { url, options, openUserRedis, signal: deadline.signal }))
        return { kind: 'accepted' }
      } catch (error) {
        return failureOf(error, { url, key: options.key, deadline })
      } finally {
        deadline.clear()
      }
    },
  }),
})

interface Appending {
  readonly url: string
  readonly options: RedisOptions
  readonly openUserRedis: OpenUserRedis
  readonly signal: AbortSignal
}

async function append(
  outgoing: OutgoingDelivery,
  { url, options, openUserRedis, signal }: Appending,
): Promise<void> {
  const addresses = await allowedAddresses(new URL(url), policyOf(options))
  signal.throwIfAborted()
  const redis = await openUserRedis({ url, addresses, signal })
  try {
    await redis.write(commandsOf(outgoing, options))
  } finally {
    redis.close()
  }
}

function commandsOf({ body, idempotencyKey }: OutgoingDelivery, options: RedisOptions): RedisCommand[] {
  const { key, as, push, max_length: most } = options
  if (as === 'stream') {
    const bound = most === undefined ? [] : ['MAXLEN', '~', String(most)]
    return [['XADD', key, ...bound, '*', 'event', body, 'idempotency_key', idempotencyKey]]
  }
  const pushed: RedisCommand = [push === 'left' ? 'LPUSH' : 'RPUSH', key, body]
  if (most === undefined) return [pushed]
  const kept = push === 'left' ? [0, most - 1] : [-most, -1]
  return [pushed, ['LTRIM', key, ...kept.map(String)]]
}

function sampleUrl(endpoint: string, secret: string): string {
  const { protocol, host } = new URL(endpoint || 'https://redis.example.com')
  return `${protocol === 'https:' ? 'rediss' : 'redis'}://:${encodeURIComponent(secret)}@${host}/0`
}

/** Read anew at each attempt; what is wrong with it is said without it. */
async function revealed(name: string, secret: Secret | undefined): Promise<string> {
  const url = (await secret?.reveal())?.trim() ?? ''
  const problem = redisUrlProblem(url)
  if (problem === undefined) return url
  throw new BuildwatchdError('SECRET_UNREADABLE', `notifiers.${name}.url: ${problem}`)
}
