import { type Daemon, startDaemon } from '../app/daemon.js'
import { createDaemonLogger } from '../app/logging.js'
import type { CheckedSettings } from '../app/settings.js'
import { EXIT } from './exit-codes.js'
import type { CliIo } from './io.js'
import { listenForStop } from './signals.js'

export type ValidSettings = CheckedSettings & { readonly kind: 'valid' }

/** Runs the daemon until a signal ends it or its work becomes impossible; rejects with the reason in that case. */
export async function runDaemon(
  settings: ValidSettings,
  io: CliIo,
  onStarted: (daemon: Daemon) => void = () => undefined,
): Promise<number> {
  const { configuration, scrubber, warnings } = settings
  const logger = createDaemonLogger({ configuration, scrubber, stream: io.stderr })
  for (const warning of warnings) logger.warn({}, warning)
  const signals = listenForStop(process)
  const out = (line: string) => void io.stdout.write(`${line}\n`)
  try {
    const daemon = await startDaemon({ configuration, logger, out })
    onStarted(daemon)
    try {
      const signal = await Promise.race([signals.first, daemon.failed])
      logger.info({ signal }, 'stopping: finishing what is in hand')
    } finally {
      await daemon.stop()
    }
    logger.info({}, 'stopped')
    return EXIT.done
  } finally {
    await logger.flush()
    signals.dispose()
  }
}
