import { checkSettings } from '../app/settings.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'

/** `validate`: every problem of every file on stderr, one line each; the verdict on stdout. */
export async function validate(options: CommonOptions, io: CliIo): Promise<number> {
  const file = options.config ?? DEFAULT_CONFIG_FILE
  const checked = await checkSettings(file, io.env, { strict: true })
  for (const warning of checked.warnings) io.stderr.write(`warning: ${warning}\n`)
  if (checked.problems.length > 0 || checked.kind === 'invalid') {
    for (const problem of checked.problems) io.stderr.write(`error: ${problem}\n`)
    return EXIT.usage
  }
  const { watches, notifiers } = checked.configuration
  if (watches.length === 0)
    io.stderr.write('warning: there is nothing to watch: no watchlist names anything\n')
  io.stdout.write(`${file}: valid; watches: ${watches.length}, notifiers: ${notifiers.size}\n`)
  return EXIT.done
}
