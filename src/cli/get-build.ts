import { openApi } from '../app/api-access.js'
import type { BuildRef } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { outcomeOf } from '../domain/outcome.js'
import type { ApiBuild } from '../domain/snapshot.js'
import { EXIT, exitCodeOfOutcome } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { outputFormat, renderResult } from './output.js'

export interface GetBuildOptions extends CommonOptions {
  readonly project?: string
  readonly job?: string
  readonly service?: string
  readonly build?: string
  readonly team?: string
  readonly account?: string
  readonly output: string
  /** `output` was named on the command line. */
  readonly outputNamed: boolean
  readonly exitStatus?: boolean
  readonly verbose?: boolean
  readonly quiet?: boolean
}

/** `get job build` and `get service build`: one read, printed as the API gave it. */
export async function getBuild(
  kind: 'job' | 'service',
  options: GetBuildOptions,
  io: CliIo,
): Promise<number> {
  const format = outputFormat(options.output)
  const ref = refOf(kind, options)
  const api = await openApi({
    file: options.config,
    defaultFile: DEFAULT_CONFIG_FILE,
    account: options.account,
    env: io.env,
  })
  try {
    if (api.notice !== undefined && !options.quiet) io.stderr.write(`notice: ${api.notice}\n`)
    if (options.verbose) io.stderr.write(`asking ${api.baseUrl} as ${api.identity}\n`)
    const { build, raw } = await api.client.getBuild(ref)
    // Who names a format wants the result, however quiet the rest is to be.
    if (!options.quiet || options.outputNamed) io.stdout.write(await renderResult(Object(raw), format))
    return options.exitStatus ? statusOf(build) : EXIT.done
  } finally {
    await api.client.close()
  }
}

function refOf(kind: 'job' | 'service', options: GetBuildOptions): BuildRef {
  const { team } = options
  return {
    ...(team === undefined ? {} : { team: idOf(team, '--team') }),
    project: idOf(options.project, '--project'),
    kind: kind === 'job' ? 'jobs' : 'services',
    resource: idOf(options[kind], `--${kind}`),
    build: idOf(options.build, '--build'),
  }
}

/** One segment of a path: what is more than that would ask for something else than it says. */
function idOf(value: string | undefined, flag: string): string {
  if (value === undefined) throw new BuildwatchdError('USAGE', `${flag} <id> is missing`)
  if (value.trim() === '')
    throw new BuildwatchdError('USAGE', `${flag} <id> is empty; write the id as in the URL at Northflank`)
  if (!/[/\p{Cc}]|^\.{1,2}$/u.test(value)) return value
  const rule = 'takes one id, as between two slashes of the URL at Northflank'
  throw new BuildwatchdError('USAGE', `${flag} ${rule}, not ${JSON.stringify(value)}`)
}

function statusOf(build: ApiBuild): number {
  return build.concluded === true ? exitCodeOfOutcome(outcomeOf(build.status, build.success)) : EXIT.done
}
