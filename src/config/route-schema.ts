/** The form of routes and quiet hours. What needs more than one value to be judged is checked where it is resolved. */
import { z } from 'zod'
import { DIGEST_TRIGGER, TRIGGERS } from '../domain/route.js'
import { branchesSchema } from './branches-schema.js'
import { suggestion } from './suggest.js'
import { listError, nameSchema, scheduleSchema, timezoneSchema } from './values-schema.js'

const NO_TRIGGER =
  '{} is not told by routes; name who gets the digest in the settings, as digest: { notify: [console] }'

const triggerSchema = z.enum(TRIGGERS, {
  error: ({ input }) => {
    if (typeof input !== 'string') return undefined
    return input === DIGEST_TRIGGER
      ? NO_TRIGGER
      : `{} is nothing a route can wait for; ${suggestion(input, TRIGGERS)}`
  },
})

const quietHours = z.strictObject({
  schedule: scheduleSchema.meta({ description: 'The quiet minutes, as a cron expression of five fields.' }),
  timezone: timezoneSchema.optional(),
  // oxlint-disable-next-line unicorn/no-thenable -- a key of the file; nobody awaits a schema
  then: z
    .enum(['later', 'drop'])
    .default('later')
    .meta({ description: 'later: told when they end. drop: never told.' }),
  except: z
    .array(triggerSchema, { error: listError })
    .default([])
    .meta({ description: 'What is told at once all the same, in the words of `on`.' }),
})

export type QuietHoursInput = z.output<typeof quietHours>

/** Of all routes that have none of their own. */
export const quietHoursSchema = quietHours.optional().meta({
  description: 'When nothing is told, unless a route says otherwise; absent: never quiet.',
})

const NO_QUIET = '{} is not known; write a map such as { schedule: "* 22-6 * * *" }, or false for never quiet'

const AFTER = '{} is no number of failures; write 1 to 1000'
const LONGEST_TEMPLATE = 2000

const routeSchema = z.strictObject({
  to: nameSchema.meta({ description: 'Name of a notifier in the settings.' }),
  on: z
    .array(triggerSchema)
    .min(1, 'is empty; name what to tell, or leave `on` out for [concluded]')
    .default(['concluded'])
    .meta({ description: "What to tell: outcomes, verdicts, moments, the watcher's own trouble." }),
  branches: branchesSchema('tell of every one').optional(),
  after: z
    .number(AFTER)
    .int(AFTER)
    .min(1, AFTER)
    .max(1000, AFTER)
    .optional()
    .meta({ description: 'Of failures, only the so many-th in a row; of fixes, only those after so many.' }),
  once_per: z.enum(['build', 'line']).optional().meta({
    description: 'build: told once of each build. line: once of each row of equal results of a branch.',
  }),
  template: z
    .string()
    .min(1, 'is empty; write a Liquid template, or leave it out for the words of the notifier')
    .max(LONGEST_TEMPLATE, `is longer than ${LONGEST_TEMPLATE} characters; shorten it`)
    .optional()
    .meta({ description: 'A Liquid template for the text of the message; it is kept in Redis.' }),
  quiet_hours: z
    .union([z.literal(false, NO_QUIET), quietHours])
    .optional()
    .meta({ description: 'When this route tells nothing; false: never quiet, whatever holds by default.' }),
})

export const routesSchema = z.array(z.union([nameSchema, routeSchema]), { error: listError })

export type RouteInput = z.output<typeof routesSchema>[number]
