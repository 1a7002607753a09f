/** How fast a notifier of any kind is served: options that stand beside those of its kind. */
import { z } from 'zod'
import type { NotifierPace } from './configuration.js'
import { isOutside, msAt } from './duration-at.js'
import type { Section } from './section.js'
import { durationSchema } from './values-schema.js'

const DEFAULT_CONCURRENCY = 8
const CONCURRENCY = '{} is no number of deliveries at a time; write 1 to 64'
const RATE = /^([1-9]\d{0,5})\/([1-9]\d{0,3})?(s|m|h)$/
const RATE_TEXT = '{} is no rate; write deliveries and a span, such as 1/s, 30/1m or 500/h'
const UNITS_MS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000 }
const GROUP_MS = [1000, 3_600_000] as const

export const paceShape = {
  concurrency: z
    .number()
    .int(CONCURRENCY)
    .min(1, CONCURRENCY)
    .max(64, CONCURRENCY)
    .optional()
    .meta({ description: 'Deliveries in hand at a time in each replica; 8 by default.' }),
  rate_limit: z
    .string()
    .regex(RATE, RATE_TEXT)
    .optional()
    .meta({ description: 'At most so many attempts in a span over all replicas, such as 30/1m.' }),
  group: durationSchema.optional().meta({
    description: 'How long the first of several events waits so that one message tells them all; 1s to 1h.',
  }),
}

export const PACE_KEYS: readonly string[] = Object.keys(paceShape)

/** `undefined` after it has been refused; the shape has been checked. */
export function resolvePace(section: Section): NotifierPace | undefined {
  const group = section.at('group')
  const groupMs = msAt(group) ?? 0
  if (isOutside(group, groupMs, GROUP_MS)) return undefined
  const concurrency = section.at('concurrency').value
  const rate = rateOf(section.at('rate_limit').value)
  return {
    concurrency: typeof concurrency === 'number' ? concurrency : DEFAULT_CONCURRENCY,
    groupMs,
    ...(rate === undefined ? {} : { rate }),
  }
}

function rateOf(value: unknown): NotifierPace['rate'] {
  const [, max, count = '1', unit = 's'] = RATE.exec(typeof value === 'string' ? value : '') ?? []
  if (max === undefined) return undefined
  return { max: Number(max), perMs: Number(count) * (UNITS_MS[unit] ?? 1000) }
}
