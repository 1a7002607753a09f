/** What the reads of the API share: whom they ask about, and how they get there and away. */
import { type ApiAccess, openApi } from '../app/api-access.js'
import type { ResourceRef } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'

export type ResourceWord = 'job' | 'service'

export interface ReadOptions extends CommonOptions {
  readonly project?: string
  readonly job?: string
  readonly service?: string
  readonly team?: string
  readonly account?: string
  readonly output: string
  /** `output` was named on the command line. */
  readonly outputNamed: boolean
  readonly verbose?: boolean
  readonly quiet?: boolean
}

export async function withApi<T>(
  options: ReadOptions,
  io: CliIo,
  work: (api: ApiAccess) => Promise<T>,
): Promise<T> {
  const { config, account, verbose } = options
  const api = await openApi({ file: config, defaultFile: DEFAULT_CONFIG_FILE, account, env: io.env })
  try {
    if (api.notice !== undefined) notice(api.notice, options, io)
    if (verbose) io.stderr.write(`asking ${api.baseUrl} as ${api.identity}\n`)
    return await work(api)
  } finally {
    await api.client.close()
  }
}

export function notice(words: string, { quiet }: ReadOptions, io: CliIo): void {
  if (!quiet) io.stderr.write(`notice: ${words}\n`)
}

/** Who names a format wants the result, however quiet the rest is to be. */
export function wantsResult({ quiet, outputNamed }: ReadOptions): boolean {
  return !quiet || outputNamed
}

export function resourceOf(kind: ResourceWord, options: ReadOptions): ResourceRef {
  const { team } = options
  return {
    ...(team === undefined ? {} : { team: idOf(team, '--team') }),
    project: idOf(options.project, '--project'),
    kind: kind === 'job' ? 'jobs' : 'services',
    resource: idOf(options[kind], `--${kind}`),
  }
}

/** One segment of a path: what is more than that would ask for something else than it says. */
export function idOf(value: string | undefined, flag: string): string {
  if (value === undefined) throw new BuildwatchdError('USAGE', `${flag} <id> is missing`)
  if (value.trim() === '')
    throw new BuildwatchdError('USAGE', `${flag} <id> is empty; write the id as in the URL at Northflank`)
  if (!/[/\p{Cc}]|^\.{1,2}$/u.test(value)) return value
  const rule = 'takes one id, as between two slashes of the URL at Northflank'
  throw new BuildwatchdError('USAGE', `${flag} ${rule}, not ${JSON.stringify(value)}`)
}
