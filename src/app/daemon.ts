/**
 * The composition root: opens every part that the settings ask for, in the order in which they need each other, and closes
 * them in reverse. Redis may be away at any time, the start included: the daemon then waits for it, up and stoppable.
 */
import { randomUUID } from 'node:crypto'
import type { Configuration } from '../config/configuration.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { Clock, Logger } from '../domain/ports.js'
import { announce } from './announce.js'
import { openApiSources } from './api-sources.js'
import { awaitRedis } from './await-redis.js'
import { openNotifiers } from './notifiers.js'
import { openRedis } from './redis-endpoint.js'
import { openStore } from './store-parts.js'
import { createTeardown, type Teardown } from './teardown.js'
import { startWork, type Work } from './work.js'

export interface DaemonMeans {
  readonly configuration: Configuration
  readonly logger: Logger
  /** Prints one line of the `log` notifier. */
  readonly out: (line: string) => Promise<void> | void
}

export interface Daemon {
  /** Where its Redis is; may hold a password. */
  readonly redisUrl: string
  /** Resolves never; rejects with what makes work impossible. */
  readonly failed: Promise<never>
  /** Takes nothing new, finishes or releases what is in hand, closes everything; within 20 seconds. */
  stop(): Promise<void>
}

const GRACE_MS = 14_000
const CLOCK: Clock = { now: () => Date.now() }

/** Rejects with DATA_DIR_LOCKED, EMBEDDED_PORT_TAKEN, SECRET_UNREADABLE or CONFIG_INVALID. */
export async function startDaemon(means: DaemonMeans): Promise<Daemon> {
  const teardown = createTeardown(means.logger)
  try {
    return await open(means, teardown)
  } catch (error) {
    await teardown.run()
    throw error
  }
}

async function open({ configuration, logger, out }: DaemonMeans, teardown: Teardown): Promise<Daemon> {
  const stopping = new AbortController()
  const failure = createFailure()
  const base = { configuration, logger, clock: CLOCK, random: Math.random }

  const notifiers = openNotifiers(configuration.notifiers.values(), { clock: CLOCK, out })
  teardown.add('notifiers', () => notifiers.close())
  const sources = openApiSources(configuration.accounts.values(), CLOCK)
  teardown.add('API clients', () => sources.close())
  const endpoint = await openRedis(configuration.redis, { ...base, onFatal: failure.report })
  teardown.add('Redis', () => endpoint.close())
  const store = openStore({ ...base, endpoint, replica: randomUUID() })
  teardown.add('Redis connections', () => store.close())

  const working = bringUp()
  working.catch(failure.report)

  async function bringUp(): Promise<Work | undefined> {
    const answered = await awaitRedis({ store, rewound: endpoint.rewound, signal: stopping.signal, logger })
    if (!answered) return undefined
    const work = await startWork({ ...base, url: endpoint.url, store, sources, notifiers })
    announce({ configuration, url: endpoint.url, logger })
    return work
  }

  return {
    redisUrl: endpoint.url,
    failed: failure.promise,
    async stop() {
      stopping.abort()
      const work = await working.catch(() => undefined)
      await work?.stop(GRACE_MS)
      await teardown.run()
    },
  }
}

function createFailure(): { promise: Promise<never>; report: (error: unknown) => void } {
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise
  })
  promise.catch(() => undefined)
  return {
    promise,
    report: (error) =>
      reject(error instanceof Error ? error : new BuildwatchdError('INTERNAL', String(error))),
  }
}
