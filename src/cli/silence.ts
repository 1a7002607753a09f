/** `silence`: hold back for a while what would be told. */
import type { RedisRequest } from '../app/redis-access.js'
import { addSilence, listSilences, removeSilence, SCOPE_KEYS, type Silence } from '../app/silence.js'
import { durationWords } from '../domain/duration-words.js'
import { BuildwatchdError } from '../domain/errors.js'
import { isoInstant } from '../domain/instant.js'
import { columns } from './columns.js'
import { EXIT } from './exit-codes.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'
import { outputFormat, renderResult, withIsoInstants } from './output.js'

type ScopeOptions = Partial<Record<(typeof SCOPE_KEYS)[number], string>>

export interface AddSilenceOptions extends CommonOptions, ScopeOptions {
  readonly for: string
  readonly reason: string
  readonly all?: boolean
  readonly output: string
}

export interface ListSilencesOptions extends CommonOptions {
  readonly output: string
}

const LONGEST_REASON = 500

export async function add(options: AddSilenceOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const scope = scopeOf(options)
  const { for: lasts, reason } = options
  if (reason.trim() === '' || reason.length > LONGEST_REASON)
    throw new BuildwatchdError(
      'USAGE',
      `--reason takes 1 to ${LONGEST_REASON} characters; say why, for whoever finds it silent`,
    )
  const wish = { scope, lasts, reason, now: Date.now(), random: Math.random }
  const silence = await addSilence(wish, requestOf(options, io))
  io.stdout.write(
    format === 'table' ? table([silence]) : await renderResult(withIsoInstants(silence), format),
  )
  return EXIT.done
}

export async function list(options: ListSilencesOptions, io: CliIo): Promise<number> {
  const format = outputFormat(options.output)
  const silences = await listSilences(requestOf(options, io))
  io.stdout.write(
    format === 'table' ? table(silences) : await renderResult(withIsoInstants(silences), format),
  )
  return EXIT.done
}

export async function remove(id: string, options: CommonOptions, io: CliIo): Promise<number> {
  await removeSilence(id, requestOf(options, io))
  io.stdout.write(`${id} removed\n`)
  return EXIT.done
}

function requestOf({ config }: CommonOptions, { env }: CliIo): RedisRequest {
  return { file: config, defaultFile: DEFAULT_CONFIG_FILE, env }
}

/** One that is empty, as where a variable is not set, would silence more than is meant. */
function scopeOf(options: AddSilenceOptions): Silence['scope'] {
  const given = SCOPE_KEYS.flatMap((key) => {
    const value = options[key]
    if (value !== undefined && value.trim() === '')
      throw new BuildwatchdError('USAGE', `--${key} is empty; write what it is to be, or leave it out`)
    return value === undefined ? [] : [[key, value] as const]
  })
  if (options.job !== undefined && options.service !== undefined)
    throw new BuildwatchdError('USAGE', 'nothing is a job and a service; add a silence for each')
  if (given.length === 0 && !options.all) throw new BuildwatchdError('USAGE', NO_SCOPE)
  if (given.length > 0 && options.all)
    throw new BuildwatchdError('USAGE', 'say --all, or what to silence, not both')
  return Object.fromEntries(given)
}

const NO_SCOPE = `name what to silence by ${SCOPE_KEYS.map((key) => `--${key}`).join(', ')}; --all silences everything`

function table(silences: readonly Silence[]): string {
  if (silences.length === 0) return 'nothing is silenced\n'
  const now = Date.now()
  const rows = silences.map(({ id, scope, reason, endsAt }) => [
    id,
    isoInstant(endsAt).replace(/\.\d+Z$/, 'Z'),
    durationWords(Math.max(0, endsAt - now)),
    scopeWords(scope),
    reason,
  ])
  return `${columns(['ID', 'UNTIL', 'LEFT', 'SILENCES', 'REASON'], rows).join('\n')}\n`
}

function scopeWords(scope: Silence['scope']): string {
  const parts = SCOPE_KEYS.flatMap((key) => (scope[key] === undefined ? [] : `${key} ${scope[key]}`))
  return parts.length === 0 ? 'everything' : parts.join(', ')
}
