/**
 * The values that settings are made of. Each text says "what is wrong; what would be right", with `{}` for the value as
 * it was written. Patterns stand in regexes and not in code, so that they reach the JSON Schema for editors.
 */
import { z } from 'zod'
import { CRON_FORM, NOT_FIVE_FIELDS } from './cron.js'
import { DURATION } from './duration.js'
import { TIMEZONE } from './timezone.js'

const NAME_TEXT =
  '{} is no name; write small letters, digits and hyphens, at most 63, starting with a letter or digit'

/** Of an account or a notifier: it becomes part of Redis keys and metric labels. */
export const nameSchema = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, NAME_TEXT)

const MAX_ID_LENGTH = 200

/** An id at Northflank. Whatever could change the path of a request, or is no text in YAML, is refused. */
export function idSchema(missing?: string) {
  return z
    .string({ error: ({ input }) => (input === undefined ? missing : undefined) })
    .min(1, '{} is no id; write the id as the Northflank URL shows it')
    .max(MAX_ID_LENGTH, `is longer than ${MAX_ID_LENGTH} characters; write the id alone`)
    .regex(/^[^/]*$/u, '{} holds a slash; write the id alone, not a path or URL')
    .regex(/^[^\p{Cc}\p{Cs}]*$/u, '{} holds a control character; write the id as the Northflank URL shows it')
    .regex(/^(?!\.{1,2}$)/u, '{} is no id; write the id as the Northflank URL shows it')
}

const NO_UNIT = '{} has no unit; write a whole number and a unit, such as 500ms, 2s, 5m, 24h or 7d'

export const durationSchema = z
  .string({ error: ({ input }) => (typeof input === 'number' ? NO_UNIT : undefined) })
  .regex(DURATION, '{} is no duration; write a whole number and a unit, such as 500ms, 2s, 5m, 24h or 7d')

const PORT = '{} is no port; write 0 to 65535'
export const portSchema = z.number().int().min(0, PORT).max(65_535, PORT)

/** For the `error` of a list: a text in its place was probably meant as its only item. */
export function listError({ input }: { input?: unknown }): string | undefined {
  return typeof input === 'string' ? '{} is no list; write it as a list: [{quoted}]' : undefined
}

export const pollingShape = {
  min_interval: durationSchema.meta({
    description: 'Shortest pause between two good polls; at least 100ms.',
  }),
  max_interval: durationSchema.meta({ description: 'Longest pause between two good polls; at most 7d.' }),
  timeout: durationSchema.meta({ description: 'Deadline of one request, body included; 100ms to 10m.' }),
}

export const catchUpSchema = durationSchema.meta({
  description: 'How far back ends that were missed are told; 0s tells none of them.',
})

/** What stands in the fields is checked where it is resolved. */
export const scheduleSchema = z
  .string()
  .max(
    CRON_FORM.maxLength,
    `is longer than ${CRON_FORM.maxLength} characters; write five fields such as "* 8-18 * * 1-5"`,
  )
  .regex(CRON_FORM.pattern, NOT_FIVE_FIELDS)

export const NO_TIMEZONE = '{} is no time zone; write an IANA name such as Europe/Berlin'

/** Whether there is such a zone is checked where it is resolved. */
export const timezoneSchema = z
  .string()
  .regex(TIMEZONE, NO_TIMEZONE)
  .meta({ description: 'IANA name; UTC by default.' })
