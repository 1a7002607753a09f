/**
 * The composition root: opens every part that the settings ask for, in the order in which they need each other, and closes
 * them in reverse. Redis may be away at any time, the start included: the daemon then waits for it, up and stoppable.
 */
import { randomUUID } from 'node:crypto'
import type { Configuration } from '../config/configuration.js'
import { priceOf } from '../core/account-state.js'
import type { Clock, Logger } from '../domain/ports.js'
import { settledWithin } from '../queue/with-deadline.js'
import { bringUp } from './bring-up.js'
import { createFailure } from './failure.js'
import { openHttpSurface } from './http-surface.js'
import { createLiveConfiguration } from './live-configuration.js'
import { firstVersion } from './next-version.js'
import { openParts } from './opened-parts.js'
import { openRedis } from './redis-endpoint.js'
import { startReloading } from './reloading.js'
import type { ValidSettings } from './settings.js'
import { openStore } from './store-parts.js'
import { createTeardown, type Teardown } from './teardown.js'

export interface DaemonMeans {
  readonly settings: ValidSettings
  readonly logger: Logger
  /** Prints one line of the `log` notifier. */
  readonly out: (line: string) => Promise<void> | void
}

export interface Daemon {
  /** Where its Redis is; may hold a password. */
  readonly redisUrl: string
  /** Resolves never; rejects with what makes work impossible. */
  readonly failed: Promise<never>
  /** Reads all files again, changed or not, and asks again for what was abandoned. Never rejects. */
  reload(): Promise<void>
  /** Takes nothing new, finishes or releases what is in hand, closes everything; within 20 seconds. */
  stop(): Promise<void>
}

const GRACE_MS = 14_000
/** For a reload in hand: it may be waiting for a Redis that is away. */
const LAST_RELOAD_MS = 1000
const CLOCK: Clock = { now: () => Date.now() }

/** Rejects with DATA_DIR_LOCKED, EMBEDDED_PORT_TAKEN, PORT_TAKEN, SECRET_UNREADABLE or CONFIG_INVALID. */
export async function startDaemon(means: DaemonMeans): Promise<Daemon> {
  const teardown = createTeardown(means.logger)
  try {
    return await open(means, teardown)
  } catch (error) {
    await teardown.run()
    throw error
  }
}

async function open({ settings, logger, out }: DaemonMeans, teardown: Teardown): Promise<Daemon> {
  const stopping = new AbortController()
  const failure = createFailure()
  const base = { logger, clock: CLOCK, random: Math.random, signal: stopping.signal }
  const building = {
    ...base,
    open: (configuration: Configuration) => openParts(configuration, { ...base, out }),
  }

  const live = createLiveConfiguration(firstVersion(settings.configuration, building))
  teardown.add('API clients and notifiers', () => live.close())
  const endpoint = await openRedis(settings.configuration.redis, { ...base, onFatal: failure.report })
  teardown.add('Redis', () => endpoint.close())
  const replica = randomUUID()
  const store = openStore({ ...base, live, endpoint, replica })
  teardown.add('Redis connections', () => store.close())
  const { meters, ...surface } = await openHttpSurface({
    ...base,
    live,
    store,
    replica,
    priceOf: (account) => priceOf(account, store.planning),
  })
  teardown.add('HTTP', () => surface.close())

  const reloading = startReloading({
    ...building,
    settings,
    live,
    afterSwap: (before) => up.reconfigured(before),
  })
  const up = bringUp({ ...base, live, endpoint, store, meters, facts: () => reloading.facts() })
  up.working.catch(failure.report)

  return {
    redisUrl: endpoint.url,
    failed: failure.promise,
    reload: () => reloading.reload(),
    async stop() {
      stopping.abort()
      await settledWithin(reloading.stop(), LAST_RELOAD_MS)
      const work = await up.working.catch(() => undefined)
      await work?.stop(GRACE_MS)
      await teardown.run()
    },
  }
}
