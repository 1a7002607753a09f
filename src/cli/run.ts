import { checkSettings } from '../app/settings.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { runDaemon } from './run-daemon.js'

/** `run`: the daemon on the settings file. */
export async function run(options: CommonOptions, io: CliIo): Promise<number> {
  const checked = await checkSettings(options.config ?? DEFAULT_CONFIG_FILE, io.env)
  if (checked.kind === 'valid') return runDaemon(checked, io)
  for (const problem of checked.problems) io.stderr.write(`error: ${problem}\n`)
  return EXIT.usage
}
