/** The form of the settings file. What needs more than one value to be judged is checked where it is resolved. */

import { z } from 'zod'
import { POLLING_STRATEGIES } from '../domain/cadence.js'
import { STUCK_RULES } from '../domain/stuck.js'
import { LOG_FORMATS, LOG_LEVELS, type NotifierSchema } from './configuration.js'
import { messagesSchema } from './messages-schema.js'
import { paceShape } from './notifier-pace.js'
import { quietHoursSchema, routesSchema } from './route-schema.js'
import {
  catchUpSchema,
  durationSchema,
  listError,
  nameSchema,
  pollingShape,
  portSchema,
  scheduleSchema,
  timezoneSchema,
} from './values-schema.js'
import { watchSchema } from './watch-schema.js'

export const DEFAULT_BASE_URL = 'https://api.northflank.com'
const HTTP_DEFAULTS = { host: '127.0.0.1', port: 9464 } as const

const PREFIX = '{} is no prefix; write small letters, digits, hyphens and underscores, such as buildwatch'
const RESERVE = '{} is no reserve; write a share below 100% such as 10%, or a number of requests such as 100'
const SECRET_TEXT = 'is no text; write a reference in quotes, such as "${NAME}"'
const NO_ACCOUNT = 'is no map; write token: "${NORTHFLANK_API_TOKEN}" below it'
const EMPTY_PATH = 'is empty; write a path'

/** Never shows the value, unlike the default texts. */
const secretSchema = z
  .string(SECRET_TEXT)
  .meta({ description: 'Read at use. Write a reference such as ${NAME}, not the secret itself.' })
const secretFileSchema = z
  .string()
  .min(1, EMPTY_PATH)
  .meta({ description: 'File with the secret, read again whenever it changes.' })

const redisSchema = z
  .strictObject({
    url: z
      .string('is no text; write embedded, redis://host:6379 or rediss://host:6379')
      .default('embedded')
      .meta({ description: '`embedded`, `redis://…` or `rediss://…`.' }),
    prefix: z
      .string()
      .regex(/^[a-z0-9_-]{1,63}$/, PREFIX)
      .default('buildwatch')
      .meta({ description: 'Stands in front of every key and channel.' }),
    port: portSchema
      .default(6399)
      .meta({ description: 'Of the embedded engine on 127.0.0.1; 0 takes any free one.' }),
    data_dir: z.string().min(1, EMPTY_PATH).default('./data').meta({
      description: 'Where the embedded engine keeps its snapshot; relative to the working directory.',
    }),
  })
  .prefault({})
  .meta({ description: 'Where the record is kept.' })

const reserveSchema = z
  .union(
    [
      z.number().int(RESERVE).min(0, RESERVE).max(1_000_000, RESERVE),
      z.string().regex(/^(\d{1,2}(\.\d{1,6})?%|\d{1,6})$/, RESERVE),
    ],
    RESERVE,
  )
  .default('10%')
  .meta({ description: 'Of the hourly budget, left to everyone else on the account.' })

const accountSchema = z.strictObject(
  {
    token: secretSchema.optional(),
    token_file: secretFileSchema.optional(),
    base_url: z.string().default(DEFAULT_BASE_URL).meta({ description: 'The API, without /v1.' }),
    allow_insecure: z
      .boolean()
      .default(false)
      .meta({ description: 'Permits http:// to hosts other than this one.' }),
    reserve: reserveSchema,
  },
  // Names no value: a token may have been written in place of the map.
  { error: ({ code }) => (code === 'invalid_type' ? NO_ACCOUNT : undefined) },
)

const pollingSchema = z
  .strictObject({
    strategy: z.enum(POLLING_STRATEGIES).default('learned').meta({
      description:
        'learned: asks when a build is likely to end, by what builds of its job have taken. backoff: plain exponential pauses.',
    }),
    min_interval: pollingShape.min_interval.default('2s'),
    // Without a default here: that of the strategy.
    max_interval: pollingShape.max_interval.optional(),
    timeout: pollingShape.timeout.default('15s'),
    catch_up: catchUpSchema.default('24h'),
  })
  .prefault({})
  .meta({ description: 'How often and how long to ask; a watch may say otherwise.' })

const engineSchema = z
  .strictObject({
    lease: durationSchema.default('10s').meta({
      description:
        'How long the work of a replica that gives no sign of life stays its own; taken over after at most twice this. 1s to 5m.',
    }),
  })
  .prefault({})
  .meta({ description: 'How replicas share the work.' })

const deliveriesSchema = z
  .strictObject({
    retry_schedule: z
      .array(durationSchema)
      .max(30, 'has more than 30 entries; write at most 30 pauses')
      .optional()
      .meta({
        description:
          'Pauses before the second attempt and those after it, ±20 %; the default is ten attempts over a day.',
      }),
  })
  .prefault({})
  .meta({ description: 'How deliveries are tried again.' })

const retentionSchema = z
  .strictObject({
    builds: durationSchema
      .default('30d')
      .meta({ description: 'How long a build is kept after its end, unless a watch names it. 1d to 3650d.' }),
    events: durationSchema
      .default('7d')
      .meta({ description: 'How long an event stays in the log. 1h to 3650d.' }),
    max_events: z
      .number()
      .int()
      .min(1000)
      .max(1_000_000)
      .default(100_000)
      .meta({ description: 'The oldest go where the log holds more.' }),
    lines: durationSchema.default('180d').meta({
      description: 'How long a branch is remembered after its last build; not below `builds`, at most 3650d.',
    }),
  })
  .prefault({})
  .meta({ description: 'How long what is recorded is kept.' })

const stuckSchema = z
  .strictObject({
    factor: z.number().min(1).max(1000).default(STUCK_RULES.factor).meta({
      description: 'So many times the longest that its job or service is known to have taken.',
    }),
    at_least: durationSchema.default('5m').meta({ description: 'But never sooner than this. 1s to 7d.' }),
    unschedulable: durationSchema
      .default('10m')
      .meta({ description: 'UNSCHEDULABLE for so long. 1s to 7d.' }),
  })
  .prefault({})
  .meta({ description: 'When a build counts as stuck.' })

export const DEFAULT_DIGEST_CRON = '0 8 * * *'

const digestSchema = z
  .strictObject({
    schedule: scheduleSchema
      .default(DEFAULT_DIGEST_CRON)
      .meta({ description: 'When, as a cron expression of five fields.' }),
    timezone: timezoneSchema.optional(),
    notify: z
      .array(nameSchema, {
        error: ({ input }) =>
          input === undefined
            ? 'is missing; name who is told, such as notify: [console]'
            : listError({ input }),
      })
      .min(1, 'is empty; name who is told, or leave `digest` out')
      .meta({ description: 'Names of notifiers.' }),
  })
  .optional()
  .meta({ description: 'Tells in one event how all builds since the one before have ended; absent: never.' })

const httpSchema = z
  .strictObject({
    host: z
      .string()
      .min(1, 'is empty; write an address such as 127.0.0.1')
      .default(HTTP_DEFAULTS.host)
      .meta({ description: 'Who reaches this address reads everything: there is no authentication.' }),
    port: portSchema.default(HTTP_DEFAULTS.port).meta({ description: '0 takes any free one.' }),
  })
  .optional()
  .meta({ description: 'Metrics and health over HTTP; absent: nothing listens.' })

const logSchema = z
  .strictObject({
    level: z.enum(LOG_LEVELS).default('info').meta({ description: 'LOG_LEVEL wins over it.' }),
    format: z
      .enum(LOG_FORMATS)
      .default('auto')
      .meta({ description: '`auto`: plain words on a terminal, JSON otherwise.' }),
  })
  .prefault({})

export const MAX_PATTERN_LENGTH = 1024

const patternSchema = z
  .string()
  .min(1, 'is empty; write a path or pattern such as watchlists/*.yaml')
  .max(MAX_PATTERN_LENGTH, `is longer than ${MAX_PATTERN_LENGTH} characters; write a path or pattern`)

const watchlistsSchema = z
  .array(patternSchema, { error: listError })
  .default([])
  .meta({ description: 'Paths and patterns (*, ?, **) of watchlists, relative to this file.' })

/** The parts of the settings file that are checked as they stand; notifiers differ by kind. */
export const settingsParts = {
  redis: redisSchema,
  account: accountSchema,
  polling: pollingSchema,
  engine: engineSchema,
  deliveries: deliveriesSchema,
  retention: retentionSchema,
  stuck: stuckSchema,
  messages: messagesSchema,
  digest: digestSchema,
  notify: routesSchema.default([]),
  quiet_hours: quietHoursSchema,
  watchlists: watchlistsSchema,
  http: httpSchema,
  log: logSchema,
}

/** The whole, for editors: `buildwatchd` itself reads the parts one by one, to report what is wrong in all of them. */
export function settingsSchema(notifier: z.ZodType) {
  return z
    .strictObject({
      redis: redisSchema,
      accounts: z
        .record(nameSchema, accountSchema)
        .meta({ description: 'Northflank accounts by name; at least one.', minProperties: 1 }),
      polling: pollingSchema,
      engine: engineSchema,
      deliveries: deliveriesSchema,
      retention: retentionSchema,
      stuck: stuckSchema,
      messages: messagesSchema,
      digest: digestSchema,
      notifiers: z.record(nameSchema, notifier).optional().meta({ description: 'Notifiers by name.' }),
      notify: settingsParts.notify.meta({
        description: "Default routes; a watch's own `notify` replaces them.",
      }),
      quiet_hours: quietHoursSchema,
      watchlists: watchlistsSchema,
      watches: z.array(watchSchema).optional(),
      http: httpSchema,
      log: logSchema,
    })
    .meta({ title: 'Settings of buildwatchd' })
}

export const SETTINGS_KEYS = Object.keys(settingsSchema(z.never()).shape)

/** A notifier of one kind as it stands in the settings: its own options, `type`, and each secret in either form. */
export function notifierSchema({ type, options, secrets }: NotifierSchema): z.ZodObject {
  const shape: Record<string, z.ZodType> = { type: z.literal(type), ...paceShape }
  for (const { name, describe } of secrets) {
    shape[name] = (describe === undefined ? secretSchema : secretSchema.describe(describe)).optional()
    shape[`${name}_file`] = secretFileSchema.optional()
  }
  return options.extend(shape)
}
