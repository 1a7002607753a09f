import type { z } from 'zod'
import type { PollingStrategy } from '../domain/cadence.js'
import type { Reserve, Secret } from '../domain/ports.js'
import type { Route } from '../domain/route.js'
import type { StuckRules } from '../domain/stuck.js'
import type { PollingRails, Watch, WatchWindow } from '../domain/target.js'

/** Everything the settings and watchlists say: checked, resolved, frozen. Secrets are references. */
export interface Configuration {
  /** sha256 over what is wanted; equal for equal wishes, however the files are cut, ordered or commented. */
  readonly digest: string
  readonly redis: RedisSettings
  readonly accounts: ReadonlyMap<string, AccountSettings>
  readonly strategy: PollingStrategy
  /** The rails of watches that set none of their own. */
  readonly polling: PollingRails
  readonly engine: EngineSettings
  readonly deliveries: DeliverySettings
  readonly retention: RetentionSettings
  readonly stuck: StuckRules
  readonly messages: MessageSettings
  /** When to tell of all builds at once, and whom; absent: never. */
  readonly digestSchedule?: DigestSettings
  readonly notifiers: ReadonlyMap<string, NotifierSettings>
  /** The routes of watches that set none of their own. */
  readonly notify: readonly Route[]
  /** By account, whom to tell of its trouble: all routes of its watches, and those by default, that ask for any. */
  readonly accountRoutes: ReadonlyMap<string, readonly Route[]>
  readonly watches: readonly Watch[]
  /** Absent: nothing listens. */
  readonly http: HttpSettings | undefined
  readonly log: LogSettings
  /** The settings file, then the watchlists, as absolute paths: what to watch for changes. */
  readonly files: readonly string[]
  /** By absolute path, the watchlists that are not as they stand there: the last good text is in force, or nothing of them. */
  readonly badFiles: ReadonlyMap<string, BadFile>
}

export type BadFile = 'kept' | 'left_out'

export type RedisSettings =
  | {
      readonly kind: 'embedded'
      /** 0 means any free port. */
      readonly port: number
      /** Absolute. */
      readonly dataDir: string
      readonly prefix: string
    }
  /** The URL may hold a password, so it is a secret as a whole. */
  | { readonly kind: 'server'; readonly url: Secret; readonly prefix: string }

export interface AccountSettings {
  readonly name: string
  readonly token: Secret
  /** Without a slash at its end. */
  readonly baseUrl: string
  /** What of the hourly budget is left to everyone else on the account. */
  readonly reserve: Reserve
}

export interface NotifierSettings {
  readonly name: string
  readonly type: string
  /** As the notifier's own schema gives them out; nothing secret. */
  readonly options: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, Secret>>
  readonly pace: NotifierPace
  /** `file:` URL of its code, where that is not ours. */
  readonly module?: string
}

/** How fast a notifier is served. */
export interface NotifierPace {
  /** Deliveries in hand at a time, in each replica. */
  readonly concurrency: number
  /** Attempts in a span over all replicas; absent: unlimited. */
  readonly rate?: { readonly max: number; readonly perMs: number }
  /** How long the first of several events waits for others; 0: each is told alone. */
  readonly groupMs: number
}

export interface EngineSettings {
  /** A replica that gives no sign of life keeps its work this long. */
  readonly leaseMs: number
}

export interface DeliverySettings {
  /** Pauses in ms before the second attempt and those after it. */
  readonly retryScheduleMs: readonly number[]
}

export interface RetentionSettings {
  /** Of a build, from its end on, unless a watch names it. */
  readonly buildsMs: number
  readonly eventsMs: number
  readonly maxEvents: number
  /** Of what is known of a line and of durations, from their last change on; not below `buildsMs`. */
  readonly linesMs: number
}

/** What messages for people say beyond their events. */
export interface MessageSettings {
  /** Of the end of the log of a build that failed; 0: none are asked for. */
  readonly logLines: number
  /** Of where a person sees a build, with placeholders such as `{project}`; absent: nowhere. */
  readonly link?: string
}

export interface DigestSettings extends WatchWindow {
  /** They ask for the digest and nothing else. */
  readonly routes: readonly Route[]
}

export interface HttpSettings {
  /** Address or name. */
  readonly host: string
  /** 0 means any free one. */
  readonly port: number
}

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export const LOG_FORMATS = ['auto', 'words', 'json'] as const

export interface LogSettings {
  readonly level: (typeof LOG_LEVELS)[number]
  /** `auto`: plain words on a terminal, JSON otherwise. */
  readonly format: (typeof LOG_FORMATS)[number]
}

/** What a kind of notifier brings along, so that its settings are checked here without a second list of kinds. */
export interface NotifierSchema {
  /** The word for `type`. */
  readonly type: string
  /** Strict; the options that are no secrets, without `type`. */
  readonly options: z.ZodObject
  /** Given as `<name>: ${VAR}` or `<name>_file: /path`. */
  readonly secrets: readonly SecretField[]
  /** Of a plug-in: `file:` URL of its code. */
  readonly module?: string
  /** What else is wrong with the options, where the schema alone cannot tell. Rejects with CONFIG_INVALID. */
  check?(options: Readonly<Record<string, unknown>>): Promise<readonly OptionIssue[]>
}

interface OptionIssue {
  readonly path: readonly string[]
  readonly message: string
}

export interface SecretField {
  readonly name: string
  readonly required: boolean
  /** A boolean option that, when true, or another secret that, when given, makes this one dispensable; it is required otherwise. */
  readonly requiredUnless?: string
  readonly describe?: string
}
