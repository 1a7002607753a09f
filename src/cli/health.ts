import { liveDaemons } from '../app/health.js'
import { BuildwatchdError } from '../domain/errors.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'

export interface HealthOptions extends CommonOptions {
  readonly anyHost?: boolean
}

const NOT_LIVE = 1

/** `health`: exit 0 when a daemon of this host has given a sign of life in the last 30 seconds, 1 when not. */
export async function health(options: HealthOptions, io: CliIo): Promise<number> {
  try {
    const anyHost = options.anyHost ?? false
    const live = await liveDaemons({
      file: options.config,
      defaultFile: DEFAULT_CONFIG_FILE,
      env: io.env,
      anyHost,
    })
    for (const { replica, at, facts } of live) {
      io.stdout.write(`live: ${JSON.stringify({ replica, at: new Date(at).toISOString(), ...facts })}\n`)
    }
    if (live.length > 0) return EXIT.done
    io.stderr.write('not live: no heartbeat of a daemon on this host in the last 30 seconds\n')
    return NOT_LIVE
  } catch (error) {
    if (!(error instanceof BuildwatchdError) || error.code !== 'REDIS_UNREACHABLE') throw error
    io.stderr.write(`not live: ${error.message}\n`)
    return NOT_LIVE
  }
}
