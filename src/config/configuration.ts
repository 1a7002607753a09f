import type { z } from 'zod'
import type { Reserve, Secret } from '../domain/ports.js'
import type { PollingRails, Watch } from '../domain/target.js'

/** Everything the settings and watchlists say: checked, resolved, frozen. Secrets are references. */
export interface Configuration {
  /** sha256 over what is wanted; equal for equal wishes, however the files are cut, ordered or commented. */
  readonly digest: string
  readonly redis: RedisSettings
  readonly accounts: ReadonlyMap<string, AccountSettings>
  /** The rails of watches that set none of their own. */
  readonly polling: PollingRails
  readonly engine: EngineSettings
  readonly deliveries: DeliverySettings
  readonly notifiers: ReadonlyMap<string, NotifierSettings>
  readonly watches: readonly Watch[]
  readonly http: HttpSettings
  readonly log: LogSettings
  /** The settings file, then the watchlists, as absolute paths: what to watch for changes. */
  readonly files: readonly string[]
}

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
}

export interface EngineSettings {
  /** A replica that gives no sign of life keeps its work this long. */
  readonly leaseMs: number
}

export interface DeliverySettings {
  /** Pauses in ms before the second attempt and those after it. */
  readonly retryScheduleMs: readonly number[]
}

export interface HttpSettings {
  readonly host: string
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
}

export interface SecretField {
  readonly name: string
  readonly required: boolean
  /** A boolean option that makes the secret dispensable when true; it is required otherwise. */
  readonly requiredUnless?: string
  readonly describe?: string
}
