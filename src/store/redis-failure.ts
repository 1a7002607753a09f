import { BuildwatchdError } from '../domain/errors.js'

/** Error replies that mean "not now": the server is starting, failing over or busy. */
const PASSING = /^(LOADING|MASTERDOWN|READONLY|CLUSTERDOWN|TRYAGAIN|BUSY|UNBLOCKED|NOREPLICAS)\b/

/** Runs Redis commands; what they reject with leaves as REDIS_UNREACHABLE or REDIS_REFUSED, naming what was tried. */
export async function redisCall<T>(doing: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    throw redisFailure(doing, error)
  }
}

/**
 * A reply that begins with an error is a refusal by a server that is there; anything else (closed, timed out, unresolved)
 * means that nobody knows whether the command was carried out.
 */
export function redisFailure(doing: string, error: unknown): BuildwatchdError {
  if (error instanceof BuildwatchdError) return error
  const text = error instanceof Error ? error.message : String(error)
  if (isReply(error) && !PASSING.test(text)) {
    const message = `Redis refused to ${doing}: ${text}`
    return new BuildwatchdError('REDIS_REFUSED', message, { cause: error })
  }
  const message = isReply(error)
    ? `Redis cannot ${doing} now: ${text}`
    : `Redis could not be reached to ${doing}: ${text}`
  return new BuildwatchdError('REDIS_UNREACHABLE', message, { retryable: true, cause: error })
}

/** By name, not by class: in tests errors may come from another realm. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError'
}
