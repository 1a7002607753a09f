/** The form of a watchlist and of one watch. */
import { z } from 'zod'
import { idSchema, nameSchema, pollingShape, routesSchema } from './values-schema.js'

const NO_PROJECT = 'is missing; write the id of the project, such as project: default-project'
const NO_BUILD =
  'is missing; this version follows single builds: name one, such as build: joyous-view-6290 (following every build of a job or service comes in a later version)'

export const watchSchema = z
  .strictObject({
    project: idSchema(NO_PROJECT).meta({ description: 'Id of the project.' }),
    team: idSchema()
      .optional()
      .meta({ description: 'Id of the team, for tokens that reach the project through one.' }),
    job: idSchema().optional().meta({ description: 'Id of the job; either this or `service`.' }),
    service: idSchema().optional().meta({ description: 'Id of the service; either this or `job`.' }),
    build: idSchema(NO_BUILD).meta({ description: 'Id of the build.' }),
    account: nameSchema
      .optional()
      .meta({ description: 'Name of an account; without it the one called default, or the only one.' }),
    notify: routesSchema.optional().meta({ description: 'Replaces the default routes; [] tells nobody.' }),
    min_interval: pollingShape.min_interval.optional(),
    max_interval: pollingShape.max_interval.optional(),
    timeout: pollingShape.timeout.optional(),
  })
  .meta({ oneOf: [{ required: ['job'] }, { required: ['service'] }] })

export type WatchInput = z.output<typeof watchSchema>

/** A watchlist file as editors check it; the loader reads the watches one by one. */
export const watchlistSchema = z
  .strictObject({ watches: z.array(watchSchema).optional().meta({ description: 'What to follow.' }) })
  .meta({ title: 'A watchlist of buildwatchd' })
