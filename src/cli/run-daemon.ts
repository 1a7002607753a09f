import { type Daemon, startDaemon } from '../app/daemon.js'
import { createDaemonLogger } from '../app/logging.js'
import type { ValidSettings } from '../app/settings.js'
import { BuildwatchdError } from '../domain/errors.js'
import { EXIT } from './exit-codes.js'
import type { CliIo } from './io.js'
import { listenForStop } from './signals.js'

export interface DaemonRun {
  readonly onStarted?: (daemon: Daemon) => void
  /** It runs for who reads stdout, and ends when nobody does any more. */
  readonly endsUnread?: boolean
}

/** Runs the daemon until a signal ends it or its work becomes impossible; rejects with the reason in that case. */
export async function runDaemon(
  settings: ValidSettings,
  io: CliIo,
  { onStarted, endsUnread = false }: DaemonRun = {},
): Promise<number> {
  const { configuration, scrubber, warnings, problems, badFiles } = settings
  const logger = createDaemonLogger({ configuration, scrubber, stream: io.stderr })
  for (const warning of warnings) logger.warn({}, warning)
  for (const problem of problems) logger.error({}, problem)
  if (badFiles.length > 0) logger.error({ files: badFiles }, 'these watchlists are bad and left out')
  const signals = listenForStop(process)
  const out = printerOn(io.stdout)
  const unread = new Promise<string>((resolve) => {
    io.stdout.once('error', (error) => {
      if (endsUnread) resolve(STDOUT_GONE)
      else logger.warn({ error }, `${STDOUT_GONE}; what log notifiers print waits`)
    })
  })
  try {
    const daemon = await startDaemon({ settings, logger, out })
    onStarted?.(daemon)
    try {
      const because = await Promise.race([signals.first, daemon.failed, unread])
      logger.info({ because }, 'stopping: finishing what is in hand')
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

const STDOUT_GONE = 'stdout cannot be written any more'

/** Rejects where stdout is gone, lest a line that nobody will see count as delivered: it waits for the next start. */
function printerOn(stdout: CliIo['stdout']): (line: string) => Promise<void> {
  const gone = new BuildwatchdError('INTERNAL', `${STDOUT_GONE}; restart the daemon with one that is read`)
  return (line) =>
    new Promise((resolve, reject) => {
      stdout.write(`${line}\n`, (error) => (error ? reject(gone) : resolve()))
    })
}
