/** What `watch` is told on its command line, as what is to be followed. All that makes no sense is USAGE. */
import { durationOption } from '../app/duration-option.js'
import { pastInstant } from '../app/past-instant.js'
import type { BuildChoice, Wanted, WatchRequest } from '../app/watch-build.js'
import { buildKey, parseBuildKey, type ResourceRef } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { WATCH_WAYS } from '../domain/watch-ways.js'
import { idOf } from './id-option.js'
import { type CliIo, type CommonOptions, DEFAULT_CONFIG_FILE } from './io.js'

export interface WatchOptions extends CommonOptions {
  readonly project?: string
  readonly job?: string
  readonly service?: string
  readonly build?: readonly string[]
  readonly team?: string
  readonly account?: string
  readonly branch?: string
  readonly commit?: string
  readonly pullRequest?: string
  readonly since?: string
  readonly appearTimeout?: string
  readonly timeout?: string
  readonly failFast?: boolean
  readonly via: string
  readonly output: string
  /** `output` was named on the command line. */
  readonly outputNamed: boolean
  readonly quiet?: boolean
}

/** A 404 may come for a moment after a build was made. */
const NAMED_APPEARS_MS = 60_000
/** From a push to the build that it starts. */
const CHOSEN_APPEARS_MS = 120_000

export function requestOf(keys: readonly string[], options: WatchOptions, { env }: CliIo): WatchRequest {
  const wanted = wantedOf(keys, options)
  const { appearTimeout, timeout } = options
  const appears = wanted[0]?.kind === 'newest' ? CHOSEN_APPEARS_MS : NAMED_APPEARS_MS
  return {
    wanted,
    via: wayOf(options.via),
    appearMs: appearTimeout === undefined ? appears : durationOption('--appear-timeout', appearTimeout),
    timeoutMs: timeout === undefined ? undefined : timeoutOf(timeout),
    failFast: options.failFast ?? false,
    file: options.config,
    defaultFile: DEFAULT_CONFIG_FILE,
    account: options.account,
    env,
  }
}

function usage(message: string): BuildwatchdError {
  return new BuildwatchdError('USAGE', message)
}

function wayOf(text: string): WatchRequest['via'] {
  const way = WATCH_WAYS.find((known) => known === text)
  if (way) return way
  throw usage(`--via takes ${WATCH_WAYS.join(', ')}, not ${JSON.stringify(text)}`)
}

function timeoutOf(text: string): number {
  const ms = durationOption('--timeout', text)
  if (ms > 0) return ms
  throw usage('--timeout is no time at all; leave it out to wait for ever')
}

function wantedOf(keys: readonly string[], options: WatchOptions): Wanted[] {
  const choice = choiceOf(options)
  const isChosen = Object.keys(choice).length > 0
  if (isChosen && (keys.length > 0 || options.build !== undefined))
    throw usage(
      'a build that is named needs no --branch, --commit, --pull-request or --since; leave them out',
    )
  if (keys.length === 0) return fromOptions(options, choice)
  if (PLACES.some((place) => options[place] !== undefined))
    throw usage('name the builds by their keys or by --project, --job and --build, not both')
  return onceEach(keys.map(fromKey))
}

const PLACES = ['team', 'project', 'job', 'service', 'build'] as const

function fromKey(key: string): Wanted {
  const ref = parseBuildKey(key)
  if (ref) return { kind: 'named', ref }
  throw usage(
    `${JSON.stringify(key)} is no build key; write [teams/<team>/]<project>/jobs/<job>/<build> or <project>/services/<service>/<build>`,
  )
}

function fromOptions(options: WatchOptions, choice: BuildChoice): Wanted[] {
  const ref = resourceOf(options)
  if (options.build === undefined) return [{ kind: 'newest', ref, choice }]
  const builds = options.build.map((build) => idOf(build, '--build'))
  return onceEach(builds.map((build) => ({ kind: 'named', ref: { ...ref, build } })))
}

function resourceOf({ team, project, job, service }: WatchOptions): ResourceRef {
  if (project === undefined && job === undefined && service === undefined)
    throw usage(
      'name what to watch: build keys such as shop/jobs/nightly/quick-fox-1, or --project with --job or --service',
    )
  if (job !== undefined && service !== undefined)
    throw usage('nothing is a job and a service; watch them one by one')
  return {
    ...(team === undefined ? {} : { team: idOf(team, '--team') }),
    project: idOf(project, '--project'),
    kind: service === undefined ? 'jobs' : 'services',
    resource: service === undefined ? idOf(job, '--job') : idOf(service, '--service'),
  }
}

function onceEach(wanted: readonly Wanted[]): Wanted[] {
  const each = wanted.map((one): [string, Wanted] => [one.kind === 'named' ? buildKey(one.ref) : '', one])
  return [...new Map(each).values()]
}

/** As git prints it; fewer would mean many a commit. */
const SHORTEST_COMMIT = 7

function choiceOf({ branch, commit, pullRequest, since }: WatchOptions): BuildChoice {
  if (commit !== undefined && commit.trim().length < SHORTEST_COMMIT)
    throw usage(
      `--commit takes a commit, or at least its first ${SHORTEST_COMMIT} characters, not ${JSON.stringify(commit)}`,
    )
  return {
    ...(branch === undefined ? {} : { branch: notEmpty('--branch', branch) }),
    ...(commit === undefined ? {} : { commit: commit.trim() }),
    ...(pullRequest === undefined ? {} : { pullRequest: notEmpty('--pull-request', pullRequest) }),
    ...(since === undefined ? {} : { sinceAt: pastInstant('--since', since, Date.now()) }),
  }
}

/** As where a variable is not set: it would choose what is not meant. */
function notEmpty(option: string, text: string): string {
  if (text.trim() !== '') return text
  throw usage(`${option} is empty; write what it is to be, or leave it out`)
}
