import type { Configuration } from '../config/configuration.js'
import { createLogger, type LogStream, type RootLogger } from '../telemetry/logger.js'
import type { Scrubber } from '../telemetry/scrubber.js'

export interface LoggingMeans {
  readonly configuration: Configuration
  readonly scrubber: Scrubber
  readonly stream: LogStream
}

export function createDaemonLogger({ configuration, scrubber, stream }: LoggingMeans): RootLogger {
  const { level, format } = configuration.log
  return createLogger({ level, format, scrubber, stream })
}
