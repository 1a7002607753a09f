import { statusFacts } from '../app/status.js'
import { isoInstant } from '../domain/instant.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { outputFormat, renderResult } from './output.js'
import { statusTables } from './status-tables.js'

export interface StatusOptions extends CommonOptions {
  readonly output: string
}

/** `status`: how everything stands, from what the daemons have left in Redis. Takes no request of the API. */
export async function status(options: StatusOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const facts = await statusFacts({ file: options.config, defaultFile: DEFAULT_CONFIG_FILE, env: io.env })
  io.stdout.write(format === 'table' ? statusTables(facts) : await renderResult(readable(facts), format))
  return EXIT.done
}

const INSTANT = /^(?:at|since|.*At)$/

/** Instants as ISO 8601, as everywhere outside of the daemon. */
function readable(facts: object): object {
  return JSON.parse(
    JSON.stringify(facts, (name, value: unknown) =>
      typeof value === 'number' && INSTANT.test(name) && value > 0 ? isoInstant(value) : value,
    ),
  )
}
