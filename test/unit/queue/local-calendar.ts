/** Windows, zones and instants at random, and what a walk through the minutes with nothing but Intl makes of them. */
import * as fc from 'fast-check'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const FIELDS = [
  { name: 'minute', min: 0, max: 59 },
  { name: 'hour', min: 0, max: 23 },
  { name: 'day', min: 1, max: 28 },
  { name: 'month', min: 1, max: 12 },
  { name: 'weekday', min: 0, max: 6 },
] as const

/** Allowed values in the order of {@link FIELDS}; `undefined` for all. */
type Fields = readonly (readonly number[] | undefined)[]

/** Mostly any value of a field will do, or hardly anything would open within the days that are walked. */
export const anyFields: fc.Arbitrary<Fields> = fc.tuple(
  ...FIELDS.map(({ name, min, max }) => {
    const values = fc.uniqueArray(fc.integer({ min, max }), { minLength: 1, maxLength: 6 })
    const isOfClock = name === 'minute' || name === 'hour'
    return fc.option(values, { nil: undefined, freq: isOfClock ? 4 : 1 })
  }),
)

/** Zones of every kind of offset, and instants around which the clocks of one of them change. */
export const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'America/Havana',
]
const CHANGES = [
  '2026-03-08T05:00Z',
  '2026-03-08T07:00Z',
  '2026-03-29T01:00Z',
  '2026-10-25T01:00Z',
  '2026-11-01T06:00Z',
  '2026-04-04T15:00Z',
  '2026-10-03T15:30Z',
  '2026-04-04T14:00Z',
  '2026-02-15T02:00Z',
].map((text) => Date.parse(text))
export const WALKED_MS = 2 * DAY

export const anyNow = fc.oneof(
  fc.tuple(fc.constantFrom(...CHANGES), fc.integer({ min: -DAY, max: 2 * HOUR })).map(([at, by]) => at + by),
  fc.integer({ min: Date.parse('2024-01-01T00:00Z'), max: Date.parse('2031-01-01T00:00Z') }),
)

export function naiveWindow(fields: Fields, timezone: string): (at: number) => boolean {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hourCycle: 'h23',
    minute: 'numeric',
    hour: 'numeric',
    day: 'numeric',
    month: 'numeric',
    weekday: 'short',
  })
  const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
  return (at) => {
    const parts = new Map<string, string>()
    for (const { type, value } of format.formatToParts(at)) parts.set(type, value)
    return FIELDS.every(({ name }, index) => {
      const text = parts.get(name) ?? ''
      return fields[index]?.includes(name === 'weekday' ? weekdays.indexOf(text) : Number(text)) ?? true
    })
  }
}

/** Until `isThere`; `undefined` where that does not come within the days that are walked. */
export function walked(now: number, isThere: (at: number) => boolean): number | undefined {
  for (let at = now - (now % MINUTE); at < now + WALKED_MS; at += MINUTE)
    if (isThere(at)) return Math.max(0, at - now)
  return undefined
}

export function cronOf(fields: Fields): string {
  return fields.map((values) => values?.join(',') ?? '*').join(' ')
}
