import { isDeepStrictEqual } from 'node:util'
import type { DigestSettings } from '../config/configuration.js'
import type { Schedule, Schedules } from '../queue/schedules.js'
import { readHeartbeats } from '../store/heartbeat.js'
import { heartbeatFacts } from './health.js'
import type { WorkMeans } from './work-means.js'

/** What runs at its times, whatever the configuration says. */
export function recurring({ store, facts }: WorkMeans, sweep: Schedule['run']): Schedule[] {
  return [
    { name: 'sweep', cron: '*/5 * * * * *', run: sweep },
    { name: 'heartbeat', cron: '*/5 * * * * *', run: () => beat({ store, facts }) },
    { name: 'retention', cron: '17 * * * *', once: true, run: () => store.retain() },
    // Reading forgets those whose beat has expired.
    { name: 'forget', cron: '0 47 * * * *', run: () => readHeartbeats(store) },
  ]
}

export function beat({ store, facts }: Pick<WorkMeans, 'store' | 'facts'>): Promise<void> {
  return store.heartbeat.beat({ ...heartbeatFacts(), ...facts() })
}

/** Keeps the digest at the times that the configuration says. */
export function createDigestSchedule(means: WorkMeans, schedules: Schedules) {
  let present: DigestSettings | undefined
  return async (): Promise<void> => {
    const { digestSchedule: settings } = means.live.active().configuration
    if (isDeepStrictEqual(settings, present)) return
    present = settings
    await schedules.replace('digest', settings && scheduleOf(settings, means))
  }
}

function scheduleOf({ cron, timezone, routes }: DigestSettings, means: WorkMeans): Omit<Schedule, 'name'> {
  // A start or reload is no reason for a digest.
  return { cron, timezone, once: true, waits: true, run: () => appendDigest(routes, means) }
}

async function appendDigest(routes: DigestSettings['routes'], { store, logger }: WorkMeans): Promise<void> {
  const reply = await store.appendDigest(routes)
  if (reply.kind === 'refused') logger.error({ reason: reply.reason }, 'Redis refused the digest')
  else logger.debug(reply, 'digest')
}
