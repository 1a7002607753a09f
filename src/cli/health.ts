import { liveDaemons } from '../app/health.js'
import { durationWords } from '../domain/duration-words.js'
import { BuildwatchdError } from '../domain/errors.js'
import { safeText } from '../domain/safe-text.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { type OutputFormat, outputFormat, renderResult, withIsoInstants } from './output.js'

export interface HealthOptions extends CommonOptions {
  readonly anyHost?: boolean
  readonly output: string
}

const NOT_LIVE = 1

type LiveDaemon = Awaited<ReturnType<typeof liveDaemons>>[number]

/** `health`: exit 0 when a daemon of this host has given a sign of life in the last 30 seconds, 1 when not. */
export async function health(options: HealthOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const anyHost = options.anyHost ?? false
  try {
    const { config: file } = options
    const live = await liveDaemons({ file, defaultFile: DEFAULT_CONFIG_FILE, env: io.env, anyHost })
    if (live.length === 0) return await notLive(noneWords(anyHost), format, io)
    io.stdout.write(
      format === 'table'
        ? live.map((daemon) => `live: ${daemonWords(daemon, Date.now())}\n`).join('')
        : await renderResult({ live: true, daemons: live.map(resultOf) }, format),
    )
    return EXIT.done
  } catch (error) {
    if (!(error instanceof BuildwatchdError) || error.code !== 'REDIS_UNREACHABLE') throw error
    return notLive(error.message, format, io)
  }
}

/** Words go to stderr, as they do when anything else is wrong; who asked for a format reads it on stdout all the same. */
async function notLive(reason: string, format: OutputFormat, io: CliIo): Promise<number> {
  if (format === 'table') io.stderr.write(`not live: ${safeText(reason)}\n`)
  else io.stdout.write(await renderResult({ live: false, reason, daemons: [] }, format))
  return NOT_LIVE
}

function noneWords(anyHost: boolean): string {
  const where = anyHost ? 'a daemon' : 'a daemon on this host'
  return `no sign of life of ${where} in the last 30 seconds; see its log, or start it with buildwatchd run`
}

function resultOf({ replica, at, facts }: LiveDaemon): object {
  return withIsoInstants({ replica, at, ...facts })
}

interface DaemonFacts {
  readonly host?: string
  readonly pid?: number
  readonly version?: string
  readonly configuration?: { readonly loadedAt: number }
  readonly lastReload?: { readonly problems: readonly string[] }
}

/** `web-1, process 4711, version 0.1.0, seen 2 s ago, files read 3 h ago`. */
function daemonWords({ at, facts }: { at: number; facts: DaemonFacts }, now: number): string {
  const { host = '?', pid = '?', version = '?', configuration, lastReload } = facts
  const problems = lastReload?.problems.length ?? 0
  return safeText(
    [
      host,
      `process ${pid}`,
      `version ${version}`,
      `seen ${ago(at, now)}`,
      ...(configuration ? [`files read ${ago(configuration.loadedAt, now)}`] : []),
      ...(problems > 0 ? [`problems of its files: ${problems} (buildwatchd status lists them)`] : []),
    ].join(', '),
  )
}

function ago(at: number, now: number): string {
  return `${durationWords(Math.max(0, now - at))} ago`
}
