import { statusFacts } from '../app/status.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { outputFormat, renderResult, withIsoInstants } from './output.js'
import { statusTables } from './status-tables.js'

export interface StatusOptions extends CommonOptions {
  readonly output: string
}

/** `status`: how everything stands, from what the daemons have left in Redis. Takes no request of the API. */
export async function status(options: StatusOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const facts = await statusFacts({ file: options.config, defaultFile: DEFAULT_CONFIG_FILE, env: io.env })
  io.stdout.write(
    format === 'table' ? statusTables(facts) : await renderResult(withIsoInstants(facts), format),
  )
  return EXIT.done
}
