/**
 * What is wrong between us and Redis, for people: which Redis, what it said or did not, and the cure. The client library speaks
 * of its own options instead.
 */
import { BuildwatchdError } from '../domain/errors.js'

export interface RedisPlace {
  /** Its address, without a password. */
  readonly where: string
  /** What leads there and may have to be corrected, such as `REDIS_URL`. */
  readonly source: string
}

const REFUSALS: readonly (readonly [RegExp, string])[] = [
  [/^(WRONGPASS\b|ERR invalid password)/, 'refuses the user or password'],
  [/^NOAUTH\b/, 'wants a password and was given none'],
]

/** What the server has against our credentials, by the text of its reply; `undefined` when it is about something else. */
export function credentialRefusal(reply: string): string | undefined {
  const [, words] = REFUSALS.find(([pattern]) => pattern.test(reply)) ?? []
  return words
}

/** Redis itself has answered so. Both texts count: the connection may have been refused before the command was sent. */
export function isCredentialRefusal(error: unknown): boolean {
  return error instanceof BuildwatchdError && credentialRefusal(textOf(error.cause)) !== undefined
}

/** The same error in words for who has asked; anything that is not about Redis stays as it is. */
export function inRedisWords(
  error: unknown,
  { where, source }: RedisPlace,
  /** The last thing that the connection has complained of. */
  complaint = '',
): unknown {
  if (!(error instanceof BuildwatchdError && error.code.startsWith('REDIS_'))) return error
  const cause = textOf(error.cause)
  const refusal = credentialRefusal(cause) ?? credentialRefusal(complaint)
  if (refusal !== undefined) return refused(`Redis at ${where} ${refusal}; correct ${source}`, error)
  if (cause.startsWith('NOPERM'))
    return refused(`${error.message}; give the user of ${source} the rights that docs/redis.md names`, error)
  if (error.code !== 'REDIS_UNREACHABLE' || isReply(error.cause)) return error
  const why = complaint === '' ? plainCause(cause) : complaint
  const message = `Redis at ${where} could not be reached: ${why}; start it, or correct ${source}`
  return new BuildwatchdError('REDIS_UNREACHABLE', message, { retryable: true, cause: error })
}

function refused(message: string, cause: BuildwatchdError): BuildwatchdError {
  return new BuildwatchdError('REDIS_REFUSED', message, { cause })
}

function plainCause(text: string): string {
  return /max retries per request/.test(text) ? 'the connection broke' : text
}

function textOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : ''
}

/** By name, not by class: in tests errors may come from another realm. */
function isReply(cause: unknown): boolean {
  return cause instanceof Error && cause.name === 'ReplyError'
}
