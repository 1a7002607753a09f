/**
 * What a notifier of the user's own looks like: the default export of a module that the settings name by its path or package.
 * It runs in a thread of its own, so that whatever it does (throw, hang, loop, exit) costs its own deliveries and no others.
 */
import type { SendResult } from '../domain/delivery.js'
import type { WatchEvent } from '../domain/event.js'
import type { Occasion } from '../domain/occasion.js'

export interface NotifierPlugIn<Options = unknown> {
  /** One sentence: what it does. */
  readonly summary?: string
  /** Checks the options: any schema of the Standard Schema kind (zod, valibot, arktype). Left out: it takes no options. */
  readonly options?: StandardSchema<Options>
  /** Names of its secrets, each given in the settings as `<name>` or `<name>_file`. */
  readonly secrets?: readonly string[]
  /** Made once per thread. */
  create(settings: { readonly name: string; readonly options: Options }): PlugInNotifier
}

export interface PlugInNotifier {
  /** The body, without secrets; frozen at the first attempt. Left out: the event as JSON. */
  render?(occasion: Occasion): string | Promise<string>
  /** Nothing returned is `accepted`; what is thrown is tried again. Ends within 15 s, or is ended. */
  send(delivery: PlugInDelivery, context: PlugInContext): Promise<SendResult | undefined>
}

export interface PlugInDelivery {
  readonly event: WatchEvent
  readonly body: string
  /** The same for all attempts of this delivery. */
  readonly idempotencyKey: string
  /** 1 for the first. */
  readonly attempt: number
}

export interface PlugInContext {
  /** Fires when the daemon stops. */
  readonly signal: AbortSignal
  readonly logger: Readonly<
    Record<'debug' | 'info' | 'warn' | 'error', (fields: object, message: string) => void>
  >
  /** Read at each attempt. */
  readonly secrets: Readonly<Record<string, string>>
}

/** https://standardschema.dev, version 1: as much of it as is used. */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly version: 1
    validate(value: unknown): StandardResult<Output> | Promise<StandardResult<Output>>
  }
}

type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[]
}
