import { RETRY_SCHEDULE } from '../domain/retry.js'
import type { DeliverySettings, EngineSettings } from './configuration.js'
import { formatDuration, parseDurationMs } from './duration.js'
import { parseSection } from './parse-section.js'
import type { Section } from './section.js'
import { settingsParts } from './settings-schema.js'

const MIN_LEASE_MS = 1000
const MAX_LEASE_MS = 300_000
const MAX_PAUSE_MS = 7 * 86_400_000

/** How replicas take over from one another; `undefined` after it has been refused. */
export function resolveEngine(section: Section): EngineSettings | undefined {
  const engine = parseSection(section, settingsParts.engine)
  const leaseMs = engine && parseDurationMs(engine.lease)
  if (leaseMs === undefined) return undefined
  if (leaseMs >= MIN_LEASE_MS && leaseMs <= MAX_LEASE_MS) return { leaseMs }
  const spot = section.at('lease')
  const range = `${formatDuration(MIN_LEASE_MS)} to ${formatDuration(MAX_LEASE_MS)}`
  spot.refuse(`${spot.source} is out of range; write ${range}`)
  return undefined
}

/** How deliveries are tried again; `undefined` after it has been refused. */
export function resolveDeliveries(section: Section): DeliverySettings | undefined {
  const deliveries = parseSection(section, settingsParts.deliveries)
  if (!deliveries) return undefined
  if (!deliveries.retry_schedule) return { retryScheduleMs: RETRY_SCHEDULE }
  const retryScheduleMs = deliveries.retry_schedule.map((text) => parseDurationMs(text) ?? 0)
  const tooLong = retryScheduleMs.flatMap((ms, index) => (ms > MAX_PAUSE_MS ? [index] : []))
  for (const index of tooLong) {
    const entry = section.at('retry_schedule', index)
    entry.refuse(`${entry.source} is too long; write at most ${formatDuration(MAX_PAUSE_MS)}`)
  }
  return tooLong.length === 0 ? { retryScheduleMs } : undefined
}
