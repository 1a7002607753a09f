/**
 * Connections of a follower's own, also where it is given a client: that one may be waiting in a blocking read or put a
 * prefix before keys, and it stays open when the follower is done.
 */
import type { Redis, RedisOptions } from 'ioredis'

type ClientOptions = Omit<RedisOptions, 'replyMapping'>

/** `redis://…`, options for ioredis, or a client of it whose options are used: not what `SELECT` or `AUTH` have made of it since. */
export type RedisPlace = string | ClientOptions | Redis

export interface Connections {
  readonly redis: Redis
  /** Subscribes, and so can do nothing else. */
  readonly bell: Redis
  readonly close: () => void
}

const COMMAND_TIMEOUT_MS = 5000
const RECONNECT_FIRST_MS = 50
const RECONNECT_CAP_MS = 2000

/** What a client that is duplicated may have set otherwise. Commands fail with their connection; whoever asked asks again. */
const COMMON = {
  keyPrefix: '',
  lazyConnect: false,
  enableOfflineQueue: true,
  // What was asked first must be answered first.
  enableAutoPipelining: false,
  autoResubscribe: false,
  autoResendUnfulfilledCommands: false,
  maxRetriesPerRequest: 0,
  monitor: false,
  replyMapping: 'legacy',
  reconnectOnError: null,
  // A client that is closed while it has no connection holds the process for this long.
  disconnectTimeout: 100,
  retryStrategy: (times: number) =>
    Math.min(RECONNECT_FIRST_MS * 2 ** Math.min(times - 1, 10), RECONNECT_CAP_MS),
} as const satisfies RedisOptions

const READER = { ...COMMON, commandTimeout: COMMAND_TIMEOUT_MS }
/** Silence is normal on it. */
const BELL = { ...COMMON, commandTimeout: undefined, socketTimeout: undefined }

export async function openConnections(
  place: RedisPlace,
  onError: (error: Error) => void,
): Promise<Connections> {
  const open = await opener(place)
  const clients = { redis: open(READER), bell: open(BELL) }
  const all = Object.values(clients)
  for (const client of all) client.on('error', onError)
  return {
    ...clients,
    // One that has ended would be given time to end again.
    close: () => all.filter(({ status }) => status !== 'end').forEach((client) => client.disconnect()),
  }
}

async function opener(place: RedisPlace): Promise<(options: typeof READER | typeof BELL) => Redis> {
  if (typeof place !== 'string' && 'duplicate' in place) return (options) => place.duplicate(options)
  const { Redis } = await import('ioredis')
  return (options) =>
    typeof place === 'string'
      ? new Redis(withoutOurs(place, options), options)
      : new Redis({ ...place, ...options })
}

/** ioredis takes options out of an address too, and lets those win over any others. */
function withoutOurs(address: string, options: object): string {
  const [place = '', query] = address.split('?', 2)
  if (query === undefined) return place
  const kept = new URLSearchParams(query)
  for (const name of Object.keys(options)) kept.delete(name)
  return kept.size === 0 ? place : `${place}?${kept.toString()}`
}
