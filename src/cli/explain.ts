import { explanationOf } from '../app/explain.js'
import { parseBuildKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { EXIT } from './exit-codes.js'
import { explainTables } from './explain-tables.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { outputFormat, renderResult, withIsoInstants } from './output.js'

export interface ExplainOptions extends CommonOptions {
  readonly output: string
}

/** `explain`: how a build went, and what each request was for that it took to see it. Takes no request of the API. */
export async function explain(key: string, options: ExplainOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const ref = parseBuildKey(key)
  if (!ref)
    throw new BuildwatchdError(
      'USAGE',
      `explain takes a build key such as shop/jobs/nightly/quick-fox-1, not ${JSON.stringify(key)}`,
    )
  const facts = await explanationOf(ref, {
    file: options.config,
    defaultFile: DEFAULT_CONFIG_FILE,
    env: io.env,
  })
  io.stdout.write(
    format === 'table' ? explainTables(facts) : await renderResult(withIsoInstants(facts), format),
  )
  return EXIT.done
}
