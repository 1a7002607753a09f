/**
 * Reads from Redis, under the names of the public contract, what a run has left there. The names are spelled here once
 * more on purpose: a contract that only its author's own constants can read is none.
 */
import type { Redis } from 'ioredis'
import type { History, LedgerRow, LoggedLine, TransitionLine } from './history-checker/history.js'

export type RecordedHistory = Pick<History, 'events' | 'transitions' | 'hashes' | 'ledger'>

const ROOT = '{buildwatch}'

export async function collectHistory(redis: Redis): Promise<RecordedHistory> {
  const [streams, hashes] = await Promise.all([
    keysUnder(redis, `${ROOT}:transitions:`),
    keysUnder(redis, `${ROOT}:build:`),
  ])
  const transitions = await Promise.all(streams.map((key) => redis.xrange(key, '-', '+')))
  return {
    events: (await redis.xrange(`${ROOT}:events`, '-', '+')).map(([, fields]) => loggedLine(fields)),
    transitions: transitions.flat().map(([, fields]) => transitionLine(fieldsOf(fields)['event'])),
    hashes: new Map(
      await Promise.all(
        hashes.map(async (key) => [key.slice(`${ROOT}:build:`.length), await redis.hgetall(key)] as const),
      ),
    ),
    ledger: await collectLedger(redis),
  }
}

async function collectLedger(redis: Redis): Promise<LedgerRow[]> {
  const prefix = `${ROOT}:delivery:`
  const keys = await keysUnder(redis, prefix)
  return Promise.all(
    keys.map(async (key) => {
      const [state, reason] = await redis.hmget(key, 'state', 'reason')
      return { id: key.slice(prefix.length), state: state ?? '', ...(reason ? { reason } : {}) }
    }),
  )
}

/** SCAN may name a key twice. */
async function keysUnder(redis: Redis, prefix: string): Promise<string[]> {
  const keys = new Set<string>()
  let cursor = '0'
  do {
    const [next, page] = await redis.scan(cursor, 'MATCH', `${prefix.replaceAll('*', '\\*')}*`, 'COUNT', 1000)
    for (const key of page) keys.add(key)
    cursor = next
  } while (cursor !== '0')
  return [...keys].sort()
}

function fieldsOf(flat: readonly string[]): Record<string, string> {
  const pairs = flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : []))
  return Object.fromEntries(pairs)
}

function loggedLine(flat: readonly string[]): LoggedLine {
  const { event, routes = '[]' } = fieldsOf(flat)
  return { ...transitionLine(event), routes: JSON.parse(routes) }
}

function transitionLine(json = '{}'): TransitionLine {
  const { id, subject, type, data } = JSON.parse(json)
  const { seq, to, outcome } = data
  const concluded = type === 'dev.buildwatchd.build.concluded.v1'
  return { build: subject, id, seq, to, concluded, ...(outcome === undefined ? {} : { outcome }) }
}
