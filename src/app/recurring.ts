import { isDeepStrictEqual } from 'node:util'
import type { DigestSettings } from '../config/configuration.js'
import { setPrice } from '../core/set-price.js'
import type { Logger } from '../domain/ports.js'
import type { Schedule, Schedules } from '../queue/schedules.js'
import { readHeartbeats } from '../store/heartbeat.js'
import { heartbeatFacts } from './health.js'
import type { StoreParts } from './store-parts.js'
import type { WorkMeans } from './work-means.js'

/** What runs at its times, whatever the configuration says. */
export function recurring(means: WorkMeans, sweep: Schedule['run']): Schedule[] {
  const { store, facts } = means
  return [
    { name: 'sweep', cron: '*/5 * * * * *', run: sweep },
    { name: 'heartbeat', cron: '*/5 * * * * *', run: () => beat({ store, facts }) },
    { name: 'price', cron: '*/5 * * * * *', run: () => setPrices(means) },
    { name: 'retention', cron: '17 * * * *', once: true, run: () => store.retain() },
    // Reading forgets those whose beat has expired.
    { name: 'forget', cron: '0 47 * * * *', run: () => readHeartbeats(store) },
  ]
}

/** Where nothing is learned, requests have no price. */
async function setPrices({ live, store, clock }: WorkMeans): Promise<void> {
  const { strategy, accounts } = live.active().configuration
  if (strategy !== 'learned') return
  for (const account of accounts.keys()) await setPrice(account, { planning: store.planning, clock })
}

export function beat({ store, facts }: Pick<WorkMeans, 'store' | 'facts'>): Promise<void> {
  return store.heartbeat.beat({ ...heartbeatFacts(), ...facts() })
}

export interface DigestMeans {
  /** What the active configuration says; absent: no digest. */
  readonly settings: () => DigestSettings | undefined
  readonly append: StoreParts['appendDigest']
  readonly logger: Logger
}

/** Keeps the digest at the times that the configuration says; to be called with every version of it. */
export function createDigestSchedule(means: DigestMeans, schedules: Pick<Schedules, 'replace'>) {
  let present: DigestSettings | undefined
  return async (): Promise<void> => {
    const settings = means.settings()
    if (isDeepStrictEqual(settings, present)) return
    present = settings
    await schedules.replace('digest', settings && scheduleOf(settings, means))
  }
}

function scheduleOf({ cron, timezone, routes }: DigestSettings, means: DigestMeans): Omit<Schedule, 'name'> {
  // A start or reload is no reason for a digest.
  return { cron, timezone, once: true, waits: true, run: () => appendDigest(routes, means) }
}

async function appendDigest(
  routes: DigestSettings['routes'],
  { append, logger }: DigestMeans,
): Promise<void> {
  const reply = await append(routes)
  if (reply.kind === 'refused') logger.error({ reason: reply.reason }, 'Redis refused the digest')
  else logger.debug(reply, 'digest')
}
