import { BuildwatchdError } from '../domain/errors.js'
import { createLineLimit } from '../domain/line-limit.js'
import type { Clock, Logger } from '../domain/ports.js'

/** Says that something was cut short, and by what. */
export type FaultLog = (error: unknown, message: string, fields?: object) => void

/**
 * An outage of Redis is told once by the connection itself; what a server that is there will not do now is a warning,
 * anything else a defect or a refusal. One refusal cuts short every run there is, so each kind is told every five seconds.
 */
export function createFaultLog(logger: Logger, clock: Clock): FaultLog {
  const limit = createLineLimit(clock)
  return (error, message, fields = {}) => {
    const level = levelOf(error)
    const leave = level === 'debug' ? undefined : limit(kindOf(error))
    if (leave) logger[level]({ ...fields, error, ...(leave.alike === 0 ? {} : leave) }, message)
    else logger.debug({ ...fields, error }, message)
  }
}

function levelOf(error: unknown): 'debug' | 'warn' | 'error' {
  if (!(error instanceof BuildwatchdError && error.retryable)) return 'error'
  return isReply(error.cause) ? 'warn' : 'debug'
}

/** Redis itself has answered. By name, not by class: in tests errors may come from another realm. */
function isReply(cause: unknown): boolean {
  return typeof cause === 'object' && cause !== null && 'name' in cause && cause.name === 'ReplyError'
}

function kindOf(error: unknown): string {
  if (error instanceof BuildwatchdError) return error.code
  return error instanceof Error ? error.name : typeof error
}
