import { BuildwatchdError } from '../domain/errors.js'
import type { Logger } from '../domain/ports.js'

/** An outage of Redis is told once by the connection itself; anything else that cuts a run short is a defect or a refusal. */
export function reportFault(logger: Logger, error: unknown, message: string): void {
  if (error instanceof BuildwatchdError && error.retryable) logger.debug({ error }, message)
  else logger.error({ error }, message)
}
