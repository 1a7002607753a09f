/** The form of a watchlist and of one watch. */
import { z } from 'zod'
import { branchesSchema } from './branches-schema.js'
import { routesSchema } from './route-schema.js'
import { SINCE } from './since.js'
import {
  catchUpSchema,
  idSchema,
  nameSchema,
  pollingShape,
  scheduleSchema,
  timezoneSchema,
} from './values-schema.js'

const NO_PROJECT = 'is missing; write the id of the project, such as project: default-project'

const PULL_REQUESTS = '{} is not known; write true, false or only'

const pullRequestsSchema = z
  .union([z.boolean(), z.literal('only')], PULL_REQUESTS)
  .default(true)
  .meta({
    description: 'Builds of pull requests: true with all others, false without them, only nothing else.',
  })

export const NO_SINCE =
  '{} is no instant; write a date such as 2026-11-01, or an instant such as 2026-11-01T08:00:00Z'

const sinceSchema = z
  .string({ error: ({ input }) => (typeof input === 'number' ? NO_SINCE : undefined) })
  .regex(SINCE, NO_SINCE)
  .meta({ description: 'Builds that have ended from then on are told when the watch begins.' })

const NO_WEIGHT = '{} is no weight; write a number from 0.1 to 100, 1 being that of other watches'

/** What says something of a whole job or service, and nothing of one build. */
export const FEED_KEYS = ['branches', 'pull_requests', 'since', 'catch_up'] as const

export const watchSchema = z
  .strictObject({
    project: idSchema(NO_PROJECT).meta({ description: 'Id of the project.' }),
    team: idSchema()
      .optional()
      .meta({ description: 'Id of the team, for tokens that reach the project through one.' }),
    job: idSchema().optional().meta({ description: 'Id of the job; either this or `service`.' }),
    service: idSchema().optional().meta({ description: 'Id of the service; either this or `job`.' }),
    build: idSchema()
      .optional()
      .meta({ description: 'Id of one build; without it every build is followed.' }),
    branches: branchesSchema('watch every one').optional(),
    pull_requests: pullRequestsSchema,
    since: sinceSchema.optional(),
    catch_up: catchUpSchema.optional(),
    schedule: scheduleSchema.optional().meta({
      description: 'Minutes in which to ask, as a cron expression of five fields; always by default.',
    }),
    timezone: timezoneSchema.optional(),
    account: nameSchema
      .optional()
      .meta({ description: 'Name of an account; without it the one called default, or the only one.' }),
    notify: routesSchema.optional().meta({ description: 'Replaces the default routes; [] tells nobody.' }),
    min_interval: pollingShape.min_interval.optional(),
    max_interval: pollingShape.max_interval.optional(),
    timeout: pollingShape.timeout.optional(),
    weight: z.number(NO_WEIGHT).min(0.1, NO_WEIGHT).max(100, NO_WEIGHT).optional().meta({
      description:
        'What a second of waiting counts beside one for the builds of other watches; 1 by default.',
    }),
  })
  .meta({
    oneOf: [{ required: ['job'] }, { required: ['service'] }],
    dependentRequired: { timezone: ['schedule'] },
    dependentSchemas: { build: { properties: Object.fromEntries(FEED_KEYS.map((key) => [key, false])) } },
  })

export type WatchInput = z.output<typeof watchSchema>

/** A watchlist file as editors check it; the loader reads the watches one by one. */
export const watchlistSchema = z
  .strictObject({ watches: z.array(watchSchema).optional().meta({ description: 'What to follow.' }) })
  .meta({ title: 'A watchlist of buildwatchd' })
