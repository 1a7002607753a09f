import { ApiError, BuildwatchdError, type ErrorCode } from '../domain/errors.js'
import type { Outcome } from '../domain/outcome.js'

/** What the exit code of a command says. */
export const EXIT = {
  done: 0,
  /** The build failed, crashed, was refused, or ended unknown. */
  buildFailed: 1,
  usage: 2,
  buildAborted: 3,
  denied: 4,
  notFound: 5,
  unreachable: 6,
  internal: 70,
} as const

const BY_CODE: Partial<Record<ErrorCode, number>> = {
  API_UNAUTHORIZED: EXIT.denied,
  API_FORBIDDEN: EXIT.denied,
  API_NOT_FOUND: EXIT.notFound,
  NOT_RECORDED: EXIT.notFound,
  API_WRONG_ROUTE: EXIT.usage,
  REDIS_UNREACHABLE: EXIT.unreachable,
  EMBEDDED_FAILED: EXIT.internal,
  INTERNAL: EXIT.internal,
}

export function exitCodeOfError(error: unknown): number {
  if (!(error instanceof BuildwatchdError)) return EXIT.internal
  return BY_CODE[error.code] ?? (error instanceof ApiError ? EXIT.unreachable : EXIT.usage)
}

export function exitCodeOfOutcome(outcome: Outcome): number {
  if (outcome === 'success') return EXIT.done
  return outcome === 'aborted' ? EXIT.buildAborted : EXIT.buildFailed
}
