import { type HistoryChoice, type JobHistory, jobHistory } from '../app/job-history.js'
import { BuildwatchdError } from '../domain/errors.js'
import { paintFor } from './colour.js'
import { levelsFor } from './duration-glyphs.js'
import { EXIT } from './exit-codes.js'
import { historyCsv } from './history-csv.js'
import { historyTables } from './history-tables.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { HISTORY_FORMATS, renderResult, withIsoInstants } from './output.js'

export interface HistoryOptions extends CommonOptions, Omit<HistoryChoice, 'key'> {
  readonly output: string
}

/** `history`: how the last builds of a job or service have gone. Takes no request of the API. */
export async function history(key: string | undefined, options: HistoryOptions, io: CliIo): Promise<number> {
  const format = HISTORY_FORMATS.find((known) => known === options.output)
  if (format === undefined)
    throw new BuildwatchdError(
      'USAGE',
      `--output takes ${HISTORY_FORMATS.join(', ')}, not ${JSON.stringify(options.output)}`,
    )
  const choice = key === undefined ? options : { ...options, key }
  const request = { file: options.config, defaultFile: DEFAULT_CONFIG_FILE, env: io.env }
  io.stdout.write(await rendered(await jobHistory(choice, request), format, io))
  return EXIT.done
}

async function rendered(
  facts: JobHistory,
  format: (typeof HISTORY_FORMATS)[number],
  io: CliIo,
): Promise<string> {
  if (format === 'csv') return historyCsv(facts)
  if (format === 'table') return historyTables(facts, styleFor(io))
  const builds = facts.builds.map(({ served, ...run }) => ({ ...run, ...detailsOf(served) }))
  return renderResult(withIsoInstants({ ...facts, builds }), format)
}

/** Those of the API's fields that say where the build came from; how it went is said in our own. */
function detailsOf(served: JobHistory['builds'][number]['served']): object {
  const { branch, sha, pullRequestId, message } = served ?? {}
  return { branch, sha, pullRequestId, message }
}

const USUAL_WIDTH = 80

function styleFor(io: CliIo) {
  const { isTTY, columns = USUAL_WIDTH } = io.stdout
  const width = isTTY ? { width: columns } : {}
  return { paint: paintFor(io), levels: levelsFor(io.env), now: Date.now(), ...width }
}
