/** What the reads of the API share: whom they ask about, and how they get there and away. */
import { type ApiAccess, openApi } from '../app/api-access.js'
import type { ResourceRef } from '../domain/build.js'
import { idOf } from './id-option.js'
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
