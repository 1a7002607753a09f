/**
 * What a kind of notifier has to say about itself. Everything else iterates the registry: validation of settings, the
 * reference in the docs, the contract tests. Hence a kind also brings a sample of itself, and says where it sends.
 */
import type { z } from 'zod'
import { BuildwatchdError } from '../domain/errors.js'
import type { Clock, Notifier, Secret } from '../domain/ports.js'
import type { OpenUserRedis } from '../domain/user-redis.js'
import type { HttpSender } from './http-sender.js'

/** A secret that a notifier of this kind takes, by reference: `<name>` or `<name>_file` in the settings. */
interface SecretField {
  readonly name: string
  readonly required: boolean
  /** A boolean option that, when true, or another secret that, when given, makes this one dispensable; it is required otherwise. */
  readonly requiredUnless?: string
  readonly describe: string
}

/** What the kinds may use of the world. */
export interface NotifierTools {
  readonly http: HttpSender
  readonly clock: Clock
  /** Prints one line, given without its line break, on the daemon's stdout. Rejects when it is not to be written. */
  readonly out: (line: string) => Promise<void> | void
  /** Whether programs may be run; said by whoever starts the daemon, for the settings may be written by others. */
  readonly allowExec: boolean
  readonly openUserRedis: OpenUserRedis
}

/** One notifier as the settings name it. */
export interface NotifierSettings<Options> {
  readonly name: string
  readonly options: Options
  /** By the names of the kind's secret fields; optional ones may be absent. */
  readonly secrets: Readonly<Record<string, Secret>>
}

interface NotifierSample {
  readonly options: Readonly<Record<string, unknown>>
  readonly secrets: Readonly<Record<string, string>>
}

interface KindFacts {
  /** The word after `type:`. */
  readonly type: string
  readonly summary: string
  /**
   * `http` sends through the shared sender, `stdout` prints a line; the others have a way of their own. The contract tests
   * follow this word.
   */
  readonly reaches: 'http' | 'stdout' | 'mail' | 'process' | 'redis'
  /** Members that are merged into the JSON body when it is sent, because they are secret or known then only. */
  readonly mergedWhenSending?: readonly string[]
  readonly secrets: readonly SecretField[]
  /**
   * A configuration that works against `endpoint`, for the docs and the contract tests. `secret` is base64 of 24 bytes or
   * more; every secret field is made from it.
   */
  sample(endpoint: string, secret: string): NotifierSample
}

export interface NotifierKind extends KindFacts {
  /** Strict, without secrets, every option described. */
  readonly options: z.ZodObject
  /** Throws CONFIG_INVALID when the options or secrets do not suffice. */
  create(settings: NotifierSettings<unknown>, tools: NotifierTools): Notifier
}

interface KindDraft<Shape extends z.core.$ZodShape> extends KindFacts {
  readonly options: z.ZodObject<Shape, z.core.$strict>
  create(
    settings: NotifierSettings<z.output<z.ZodObject<Shape, z.core.$strict>>>,
    tools: NotifierTools,
  ): Notifier
}

/** Makes a kind from a draft whose `create` may rely on valid options, present secrets, and on being contained. */
export function defineNotifierKind<Shape extends z.core.$ZodShape>(draft: KindDraft<Shape>): NotifierKind {
  return {
    ...draft,
    create(settings, tools) {
      const parsed = draft.options.safeParse(settings.options)
      if (!parsed.success) throw invalid(settings.name, parsed.error.issues)
      const options = parsed.data
      demandSecrets(draft.secrets, { ...settings, options })
      return contained(draft.create({ ...settings, options }, tools), settings.name)
    },
  }
}

function invalid(name: string, issues: readonly z.core.$ZodIssue[]): BuildwatchdError {
  const faults = issues.map((issue) => `${['notifiers', name, ...issue.path].join('.')}: ${issue.message}`)
  return new BuildwatchdError('CONFIG_INVALID', faults.join('; '))
}

function demandSecrets(fields: readonly SecretField[], settings: NotifierSettings<object>): void {
  const options = new Map<string, unknown>(Object.entries(settings.options))
  for (const { name, required, requiredUnless } of fields) {
    const waived =
      requiredUnless === undefined
        ? !required
        : options.get(requiredUnless) === true || settings.secrets[requiredUnless] !== undefined
    if (waived || settings.secrets[name] !== undefined) continue
    const isSecret = fields.some((field) => field.name === requiredUnless)
    const way = requiredUnless === undefined ? '' : `, or ${requiredUnless}${isSecret ? '' : ': true'}`
    throw new BuildwatchdError(
      'CONFIG_INVALID',
      `notifiers.${settings.name}: needs ${name} or ${name}_file${way}`,
    )
  }
}

/**
 * A notifier that throws must not decide over the delivery: it is tried again. The message of a foreign exception is left
 * out, because libraries like to quote the key that they could not read.
 */
function contained(notifier: Notifier, name: string): Notifier {
  return {
    ...notifier,
    render: (occasion) => notifier.render(occasion),
    async send(outgoing, context) {
      try {
        return await notifier.send(outgoing, context)
      } catch (error) {
        if (error instanceof BuildwatchdError) return { kind: 'retry', reason: error.message }
        context.logger.error({ notifier: name, error }, 'a notifier threw; this is a defect')
        return { kind: 'retry', reason: 'the notifier threw, which is a defect; the log has it' }
      }
    },
  }
}
