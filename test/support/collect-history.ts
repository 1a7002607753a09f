/**
 * Reads from Redis, under the names of the public contract, what a run has left there. The names are spelled here once
 * more on purpose: a contract that only its author's own constants can read is none.
 */
import type { Redis } from 'ioredis'
import type {
  History,
  LedgerRow,
  LineFacts,
  LoggedLine,
  Notice,
  TransitionLine,
} from './history-checker/history.js'
import { keysUnder } from './redis-keys.js'

export type RecordedHistory = Pick<History, 'events' | 'notices' | 'transitions' | 'hashes' | 'ledger'>

const ROOT = '{buildwatch}'
const TRANSITIONED = 'dev.buildwatchd.build.transitioned.v1'
const CONCLUDED = 'dev.buildwatchd.build.concluded.v1'
const NOTICE_KINDS: Readonly<Record<string, Notice['kind']>> = {
  'dev.buildwatchd.build.stuck.v1': 'stuck',
  'dev.buildwatchd.target.troubled.v1': 'troubled',
  'dev.buildwatchd.target.recovered.v1': 'recovered',
  'dev.buildwatchd.digest.v1': 'digest',
}

export async function collectHistory(redis: Redis): Promise<RecordedHistory> {
  const [streams, hashes] = await Promise.all([
    keysUnder(redis, `${ROOT}:transitions:`),
    keysUnder(redis, `${ROOT}:build:`),
  ])
  const transitions = await Promise.all(streams.map((key) => redis.xrange(key, '-', '+')))
  const log = (await redis.xrange(`${ROOT}:events`, '-', '+')).map(([, fields]) => loggedEvent(fields))
  return {
    events: log.filter(({ event }) => isTransition(event)).map(loggedLine),
    notices: log.filter(({ event }) => !isTransition(event)).map(noticeOf),
    transitions: transitions.flat().map(([, fields]) => transitionLine(loggedEvent(fields).event)),
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

/** An event as it stands on the wire. */
interface WireEvent {
  readonly id: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly data: LineFacts & {
    readonly seq: number
    readonly to: string | null
    readonly outcome?: string
    readonly line?: string
    readonly observedAt: string
    readonly trouble?: string
    readonly episode?: number
  }
}

interface LoggedEvent {
  readonly event: WireEvent
  readonly routes: LoggedLine['routes']
}

function loggedEvent(flat: readonly string[]): LoggedEvent {
  const pairs = flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? ''] as const] : []))
  const { event = '{}', routes = '[]' } = Object.fromEntries(pairs)
  return { event: JSON.parse(event), routes: JSON.parse(routes) }
}

function isTransition({ type }: WireEvent): boolean {
  return type === TRANSITIONED || type === CONCLUDED
}

function transitionLine({ id, subject, type, data: { seq, to, outcome } }: WireEvent): TransitionLine {
  const concluded = type === CONCLUDED
  return { build: subject, id, seq, to, concluded, ...(outcome === undefined ? {} : { outcome }) }
}

function loggedLine({ event, routes }: LoggedEvent): LoggedLine {
  const { line, verdict, consecutive, since, superseded, redForMs, redBuilds, observedAt } = event.data
  return {
    ...transitionLine(event),
    ...(line === undefined ? {} : { line }),
    ...{ verdict, consecutive, since, superseded, redForMs, redBuilds },
    routes,
    at: Date.parse(event.time),
    observedAt: Date.parse(observedAt),
  }
}

/** Whatever is no transition and of no known type would stand in nobody's way unseen. */
function noticeOf({ event, routes }: LoggedEvent): Notice {
  const { id, type, subject, time, data } = event
  const kind = NOTICE_KINDS[type]
  if (kind === undefined) throw new Error(`the event log holds an event of the type ${type}`)
  const { trouble, episode } = data
  return {
    ...{ id, kind, subject, routes, at: Date.parse(time) },
    ...(trouble === undefined ? {} : { trouble }),
    ...(episode === undefined ? {} : { episode }),
  }
}
