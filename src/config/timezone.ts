import { nearest } from './suggest.js'

/** What an IANA name looks like. Offsets such as +02:00 are none, whatever the runtime makes of them. */
export const TIMEZONE = /^(?=.{1,64}$)[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+){0,3}$/

/** Grows to the number of time zones there are: asking the runtime takes longer than all else about a watch. */
const known = new Set<string>()

/** Whether the runtime knows a zone of this name. */
export function isTimezone(name: string): boolean {
  if (known.has(name)) return true
  if (!TIMEZONE.test(name)) return false
  try {
    Intl.DateTimeFormat('en', { timeZone: name })
  } catch {
    return false
  }
  known.add(name)
  return true
}

/** The zone that was probably meant. */
export function nearestTimezone(wrong: string): string | undefined {
  const city = wrong.toLowerCase().split('/').at(-1)
  const zones = Intl.supportedValuesOf('timeZone')
  return (
    zones.find((zone) => zone.toLowerCase().split('/').at(-1) === city) ??
    nearest(
      wrong,
      // Few enough to be compared letter by letter, however many are wrong.
      zones.filter((zone) => zone[0] === wrong[0]?.toUpperCase() && Math.abs(zone.length - wrong.length) < 3),
    )
  )
}
