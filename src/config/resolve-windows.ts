import type { WatchWindow, Windows } from '../domain/target.js'
import { readCron } from './cron.js'
import { hasReference } from './interpolate.js'
import { refuseValue } from './parse-section.js'
import type { Section } from './section.js'
import { isTimezone, nearestTimezone } from './timezone.js'
import { NO_TIMEZONE, scheduleSchema, timezoneSchema } from './values-schema.js'

const DEFAULT_TIMEZONE = 'UTC'

/** What `schedule` and `timezone` of a watch say; `undefined` after they have been refused, here or by the schema. */
export function resolveWindows(section: Section): Windows | undefined {
  if (section.has('schedule')) {
    const window = resolveWindow(section)
    return window && [window]
  }
  if (!section.has('timezone')) return []
  section
    .at('timezone')
    .refuseKey('stands without a schedule; write one, such as schedule: "* 8-18 * * 1-5", or leave it out')
  return undefined
}

/** The same where there is a schedule by default. */
export function resolveWindow(section: Section, defaultCron?: string): WatchWindow | undefined {
  const cron = section.has('schedule') ? cronAt(section.at('schedule')) : defaultCron
  const timezone = section.has('timezone') ? timezoneAt(section.at('timezone')) : DEFAULT_TIMEZONE
  return cron === undefined || timezone === undefined ? undefined : { cron, timezone }
}

function cronAt(spot: Section): string | undefined {
  const schedule = scheduleSchema.safeParse(spot.value)
  if (!schedule.success) return undefined
  const read = readCron(schedule.data)
  if (read.ok) return read.cron
  refuseValue(spot, read.refusal)
  return undefined
}

function timezoneAt(spot: Section): string | undefined {
  const { success, data: name } = timezoneSchema.safeParse(spot.value)
  if (!success) return undefined
  if (isTimezone(name)) return name
  // What stands behind a reference is not shown, not even by what it is like.
  const meant = hasReference(spot.source ?? '') ? undefined : nearestTimezone(name)
  refuseValue(spot, meant === undefined ? NO_TIMEZONE : `{} is no time zone; did you mean ${meant}?`)
  return undefined
}
