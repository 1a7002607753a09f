import { startDaemon } from '../app/daemon.js'
import { createDaemonLogger } from '../app/logging.js'
import { checkSettings } from '../app/settings.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { listenForStop } from './signals.js'

/** `run`: the daemon, until a signal ends it or its work becomes impossible. */
export async function run(options: CommonOptions, io: CliIo): Promise<number> {
  const file = options.config ?? DEFAULT_CONFIG_FILE
  const checked = await checkSettings(file, io.env)
  if (checked.kind === 'invalid') {
    for (const problem of checked.problems) io.stderr.write(`error: ${problem}\n`)
    return EXIT.usage
  }
  const logger = createDaemonLogger({ ...checked, stream: io.stderr })
  for (const warning of checked.warnings) logger.warn({}, warning)

  const signals = listenForStop(process)
  try {
    const daemon = await startDaemon({
      configuration: checked.configuration,
      logger,
      out: (line) => void io.stdout.write(`${line}\n`),
    })
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
