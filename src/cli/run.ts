import { checkSettings, type ValidSettings } from '../app/settings.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { runDaemon } from './run-daemon.js'
import { listenForHangup } from './signals.js'

/** `run`: the daemon on the settings file. A bad watchlist is left out, unless there is nothing to watch without it. */
export async function run(options: CommonOptions, io: CliIo): Promise<number> {
  const checked = await checkSettings(options.config ?? DEFAULT_CONFIG_FILE, io.env)
  if (checked.kind === 'valid' && !isLeftWithNothing(checked)) return runUntilStopped(checked, io)
  for (const problem of checked.problems) io.stderr.write(`error: ${problem}\n`)
  return EXIT.usage
}

function isLeftWithNothing({ problems, configuration }: ValidSettings): boolean {
  return problems.length > 0 && configuration.watches.length === 0
}

async function runUntilStopped(settings: ValidSettings, io: CliIo): Promise<number> {
  const hangups = listenForHangup(process)
  try {
    return await runDaemon(settings, io, {
      onStarted: (daemon) => hangups.answer(() => daemon.reload()),
    })
  } finally {
    hangups.dispose()
  }
}
