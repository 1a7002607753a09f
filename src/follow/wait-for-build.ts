import type { Redis } from 'ioredis'
import { type BuildKey, type BuildRef, buildKey, parseBuildKey } from '../domain/build.js'
import { type BuildEvent, CONCLUDED } from '../domain/event.js'
import { LONGEST_TIMER_MS } from '../domain/longest-timer.js'
import { OUTCOMES, type Outcome } from '../domain/outcome.js'
import { checkWaitOptions } from './check-options.js'
import { eventIn } from './log-event.js'
import type { WaitOptions } from './options.js'
import { type PublicKeys, publicKeys } from './public-keys.js'
import { entryOf } from './read-log.js'
import { openSession, stoppedBy } from './session.js'

export interface BuildEnd {
  readonly build: BuildKey
  readonly outcome: Outcome
  /** The terminal event; absent where the build had concluded before anyone watched. */
  readonly event?: BuildEvent
}

export class WaitTimedOut extends Error {
  override readonly name = 'WaitTimedOut'
  readonly code = 'WAIT_TIMED_OUT'
  readonly build: BuildKey
  readonly timeoutMs: number
  /** What Redis last had of the build; absent where it had nothing, or gave no answer. */
  readonly status: string | undefined

  constructor({
    build,
    timeoutMs,
    status,
    isAnswered,
    failure,
  }: Waited & { build: BuildKey; timeoutMs: number }) {
    const standing = isAnswered
      ? standingIn(status)
      : `Redis gives no answer${failure ? ` (${failure.message})` : ''}`
    super(`${build} did not end within ${timeoutMs} ms: ${standing}`, failure && { cause: failure })
    this.build = build
    this.timeoutMs = timeoutMs
    this.status = status
  }
}

/** What was seen while waiting. */
interface Waited {
  status?: string | undefined
  /** Whether Redis answered when it was asked last. */
  isAnswered: boolean
  /** Since it last did. */
  failure?: Error | undefined
}

function standingIn(status: string | undefined): string {
  return status === undefined
    ? 'nothing is recorded of it. Check the build key and the prefix, and that a watch wants it'
    : `its status is ${status}`
}

/**
 * How the build ended, at once where it has. Rejects with a {@link WaitTimedOut}, the signal's reason, or a TypeError or RangeError
 * on what is no build or option; failures of Redis are waited out until then.
 */
export async function waitForBuild(build: BuildRef | BuildKey, options: WaitOptions): Promise<BuildEnd> {
  checkWaitOptions(options)
  const { redis, timeoutMs = Number.POSITIVE_INFINITY, signal } = options
  const [key, keys] = [keyOf(build), publicKeys(options.prefix)]
  signal?.throwIfAborted()
  const stop = stoppedBy(signal)
  const seen: Waited = { isAnswered: false }
  const expire = (): void => stop.abort(new WaitTimedOut({ build: key, timeoutMs, ...seen }))
  const timer = timeoutMs > LONGEST_TIMER_MS ? undefined : setTimeout(expire, timeoutMs)
  const onError = (error: Error): void => {
    seen.failure = error
    options.onError?.(error)
  }
  const subscriptions = { channels: [keys.channel(key)], patterns: [], fallback: keys.channel('*') }
  try {
    const { ask, doorbell } = await openSession({ redis, subscriptions, stop: stop.signal, onError })
    for (;;) {
      await doorbell.rung()
      const standing = await ask((client) => noted(seen, standingOf(client, keys, key)))
      if (standing?.end) return standing.end
      stop.signal.throwIfAborted()
    }
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
}

async function noted(seen: Waited, answer: Promise<Standing>): Promise<Standing> {
  try {
    const standing = await answer
    Object.assign(seen, { status: standing.status, isAnswered: true, failure: undefined })
    return standing
  } catch (error) {
    seen.isAnswered = false
    throw error
  }
}

function keyOf(build: BuildRef | BuildKey): BuildKey {
  if (typeof build === 'string') {
    if (parseBuildKey(build) !== undefined) return build
    throw new TypeError(
      `"${build}" is no build key: [teams/<team>/]<project>/jobs/<job>/<build>, or services, each part percent-encoded`,
    )
  }
  const { team = 'none', project, kind, resource, build: id }: Partial<BuildRef> = Object(build)
  const isWhole = [team, project, resource, id].every((part) => typeof part === 'string' && part !== '')
  if (isWhole && (kind === 'jobs' || kind === 'services')) return buildKey(build)
  throw new TypeError(
    'the build is neither a build key nor { team?, project, kind, resource, build }, where kind is jobs or services',
  )
}

interface Standing {
  readonly status?: string
  readonly end?: BuildEnd
}

/** The hash first: nothing follows the end, so the event that is read behind it is the one. */
async function standingOf(redis: Redis, keys: PublicKeys, build: BuildKey): Promise<Standing> {
  const [[concluded, outcome, status], newest] = await Promise.all([
    redis.hmget(keys.build(build), 'concluded', 'outcome', 'status'),
    redis.xrevrange(keys.transitions(build), '+', '-', 'COUNT', 1),
  ])
  if (concluded !== 'true') return typeof status === 'string' ? { status } : {}
  const event = terminalEvent(newest[0])
  const known = OUTCOMES.find((word) => word === outcome) ?? 'unknown'
  return { end: { build, outcome: known, ...(event ? { event } : {}) } }
}

function terminalEvent(entry: [id: string, fields: string[]] | undefined): BuildEvent | undefined {
  const event = entry && eventIn(entryOf(entry).text)
  return event?.type === CONCLUDED ? event : undefined
}
