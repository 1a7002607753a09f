/**
 * Metrics and health over HTTP, where the settings ask for them. Both read Redis, and neither may wait for it: who asks whether a
 * daemon is well must be told so while its Redis hangs, too.
 */
import type { Clock, Logger, Meters, Prices } from '../domain/ports.js'
import type { Liveness } from '../http/routes.js'
import { withDeadline } from '../queue/with-deadline.js'
import { readHeartbeats } from '../store/heartbeat.js'
import type { LiveConfiguration } from './live-configuration.js'
import { readStanding } from './standing.js'
import type { StoreParts } from './store-parts.js'
import { VERSION } from './version.js'

export interface HttpSurfaceMeans extends Partial<Prices> {
  readonly live: LiveConfiguration
  readonly store: StoreParts
  readonly replica: string
  readonly clock: Clock
  readonly logger: Logger
}

export interface HttpSurface {
  readonly meters: Meters
  close(): Promise<void>
}

/** Scrapes are answered within two seconds. */
const REDIS_DEADLINE_MS = 1000
/** For the answers in hand, which wait for Redis no longer than this. */
const CLOSE_GRACE_MS = 1500

const UNCOUNTED: Meters = { probed() {}, recorded() {}, delivered() {} }

/** Rejects with PORT_TAKEN. */
export async function openHttpSurface(means: HttpSurfaceMeans): Promise<HttpSurface> {
  const listen = means.live.active().configuration.http
  return listen ? serve(listen, means) : { meters: UNCOUNTED, async close() {} }
}

async function serve(
  listen: { readonly host: string; readonly port: number },
  means: HttpSurfaceMeans,
): Promise<HttpSurface> {
  const [{ createScrape }, { startHttpServer }] = await Promise.all([
    import('../telemetry/scrape.js'),
    import('../http/server.js'),
  ])
  const { live, logger } = means
  const names = () => {
    const { accounts, notifiers } = live.active().configuration
    return { accounts: accounts.keys(), notifiers: notifiers.keys() }
  }
  const accounts = () => live.active().configuration.accounts.values()
  const standing = () => withDeadline(readStanding({ ...means, accounts }), REDIS_DEADLINE_MS)
  const scrape = createScrape({ version: VERSION, names, standing })
  const sources = { metrics: scrape, health: () => livenessOf(means) }
  const server = await startHttpServer({ listen, sources, logger, graceMs: CLOSE_GRACE_MS })
  const { url } = server
  logger.info({ metrics: `${url}/metrics`, health: `${url}/healthz` }, 'serving metrics and health')
  return { meters: scrape.meters, close: () => server.close() }
}

/** As the command `health` finds it, of this daemon alone. Errors are not repeated here: anyone may be asking. */
async function livenessOf({ store, replica }: HttpSurfaceMeans): Promise<Liveness> {
  try {
    const beats = await withDeadline(readHeartbeats(store), REDIS_DEADLINE_MS)
    if (beats.some((beat) => beat.replica === replica)) return { kind: 'live' }
    const reason = 'no sign of life of this daemon in Redis in the last 30 seconds; see its log'
    return { kind: 'not_live', reason }
  } catch {
    return { kind: 'not_live', reason: 'Redis does not answer this daemon; see its log' }
  }
}
