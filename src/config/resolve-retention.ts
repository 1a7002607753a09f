/** How long what is recorded is kept, and how that limits how far back the daemon may catch up. */
import type { RetentionSettings } from './configuration.js'
import { formatDuration } from './duration.js'
import { isOutside, msAt } from './duration-at.js'
import { parseSection } from './parse-section.js'
import type { Section } from './section.js'
import { settingsParts } from './settings-schema.js'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const MOST_MS = 3650 * DAY_MS
const DEFAULTS = { buildsMs: 30 * DAY_MS, eventsMs: 7 * DAY_MS, linesMs: 180 * DAY_MS }

/** `undefined` after it has been refused. */
export function resolveRetention(section: Section): RetentionSettings | undefined {
  const input = parseSection(section, settingsParts.retention)
  const [builds, events, lines] = [section.at('builds'), section.at('events'), section.at('lines')]
  const buildsMs = msAt(builds) ?? DEFAULTS.buildsMs
  const eventsMs = msAt(events) ?? DEFAULTS.eventsMs
  const linesMs = msAt(lines) ?? DEFAULTS.linesMs
  const refused = [
    isOutside(builds, buildsMs, [DAY_MS, MOST_MS]),
    isOutside(events, eventsMs, [HOUR_MS, MOST_MS]),
    isOutside(lines, linesMs, [0, MOST_MS]),
  ].includes(true)
  if (!input || refused || refusesLines(section, { buildsMs, linesMs })) return undefined
  return { buildsMs, eventsMs, maxEvents: input.max_events, linesMs }
}

/** A line whose builds are still there must not be forgotten. */
function refusesLines(
  section: Section,
  { buildsMs, linesMs }: { buildsMs: number; linesMs: number },
): boolean {
  if (linesMs >= buildsMs) return false
  const [builds, lines] = [section.at('builds'), section.at('lines')]
  if (lines.source === undefined) {
    builds.refuse(
      `${builds.source} is above the lines of ${formatDuration(linesMs)}; shorten it, or set longer lines too`,
    )
  } else {
    lines.refuse(`${lines.source} is below the builds of ${formatDuration(buildsMs)}; write at least as much`)
  }
  return true
}

/** What ended long ago must still be known to have been told, and clocks may lie a little apart. */
export function isCatchUpTooLong(catchUpMs: number, buildsMs: number): boolean {
  return catchUpMs >= buildsMs - HOUR_MS
}

/** Complains where the reader wrote something; the other of the two may be a default. */
export function refuseLongCatchUp(
  { catchUp, builds }: { catchUp: Section; builds: Section },
  { catchUpMs, buildsMs }: { catchUpMs: number; buildsMs: number },
): void {
  if (!isCatchUpTooLong(catchUpMs, buildsMs)) return
  const [back, kept] = [formatDuration(catchUpMs), formatDuration(buildsMs)]
  if (catchUp.source === undefined) {
    builds.refuse(
      `${builds.source} is too short for the polling.catch_up of ${back}; write more than an hour longer, or shorten polling.catch_up`,
    )
  } else {
    catchUp.refuse(
      `${catchUp.source} is too long for the retention.builds of ${kept}, which must be more than an hour longer; shorten it, or raise retention.builds`,
    )
  }
}
