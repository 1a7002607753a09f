/** How the builds of a job or service have gone, as far as Redis knows: what the `history` command shows. */
import { parseBuildKey, parseResourceKey, type ResourceRef, resourceKey } from '../domain/build.js'
import { wantsBuild } from '../domain/build-filter.js'
import { BuildwatchdError } from '../domain/errors.js'
import { type PastRun, type RunsSummary, summaryOf } from '../domain/job-history.js'
import type { LineHead } from '../domain/line.js'
import { readHeads, readPastRuns } from '../store/past-runs.js'
import { type RedisRequest, readingRedis } from './redis-access.js'

export interface JobHistory {
  /** Key of the job or service. */
  readonly job: string
  /** Builds that Redis knows of it, those that were left out counted too. */
  readonly known: number
  readonly summary: RunsSummary
  /** How the lines of these builds stand now, the one that was built last first. */
  readonly lines: readonly Streak[]
  /** Newest first. */
  readonly builds: readonly PastRun[]
}

interface Streak extends Pick<LineHead, 'result' | 'consecutive' | 'sinceAt'> {
  readonly line: string
}

/** As typed. */
export interface HistoryChoice {
  /** Key of the job or service; else the names by themselves. */
  readonly key?: string
  readonly team?: string
  readonly project?: string
  readonly job?: string
  readonly service?: string
  readonly branch?: readonly string[]
  readonly limit: string
}

/** Rejects with USAGE, with NOT_RECORDED where nothing is known, and as {@link readingRedis} does. */
export function jobHistory(choice: HistoryChoice, request: RedisRequest): Promise<JobHistory> {
  const [ref, limit] = [refOf(choice), limitOf(choice.limit)]
  return readingRedis(request, async (access) => {
    const known = await readPastRuns(ref, access)
    const builds = known.filter((run) => isOfBranch(run, choice.branch)).slice(0, limit)
    if (builds.length === 0) throw nothingKnown(ref, known.length)
    const lines = [...new Set(builds.flatMap(({ line }) => line ?? []))]
    const heads = await readHeads(ref, lines, access)
    return {
      job: resourceKey(ref),
      known: known.length,
      summary: summaryOf(builds),
      lines: [...heads].map(([line, { result, consecutive, sinceAt }]) => ({
        line,
        result,
        consecutive,
        sinceAt,
      })),
      builds,
    }
  })
}

function isOfBranch({ served }: PastRun, branches: readonly string[] | undefined): boolean {
  if (branches === undefined) return true
  return served !== undefined && wantsBuild({ branches, pullRequests: 'with' }, served)
}

function nothingKnown(ref: ResourceRef, known: number): BuildwatchdError {
  const job = resourceKey(ref)
  return new BuildwatchdError(
    'NOT_RECORDED',
    known === 0
      ? `Redis knows of no build of ${job} that has ended; check the key against buildwatchd status, or wait for an end`
      : `of the ${known} builds of ${job} that are known none is on such a branch, or their branches are no longer kept; leave out --branch`,
  )
}

const MOST = 100

function limitOf(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (limit >= 1 && limit <= MOST) return limit
  throw usage(`--limit takes a number from 1 to ${MOST}, for no more are kept, not ${JSON.stringify(text)}`)
}

const EXAMPLE = 'a key such as shop/jobs/nightly, or --project and --job or --service'

function refOf({ key, team, project, job, service }: HistoryChoice): ResourceRef {
  if (key === undefined) return refOfNames({ team, project, job, service })
  if (team ?? project ?? job ?? service)
    throw usage(`history takes a key or the names by themselves, not both; ${EXAMPLE}`)
  const ref = parseResourceKey(key)
  if (ref) return ref
  const of = parseBuildKey(key)
  if (of)
    throw usage(
      `history takes a job or service, here ${resourceKey(of)}; buildwatchd explain shows one build`,
    )
  throw usage(
    `history takes the key of a job or service, such as shop/jobs/nightly, not ${JSON.stringify(key)}`,
  )
}

function refOfNames({
  team,
  project,
  job,
  service,
}: Record<'team' | 'project' | 'job' | 'service', string | undefined>): ResourceRef {
  const resource = job ?? service
  const isWhole = project && resource && (job === undefined || service === undefined) && team !== ''
  if (!isWhole) throw usage(`history needs ${EXAMPLE}`)
  return {
    ...(team === undefined ? {} : { team }),
    project,
    kind: job === undefined ? 'services' : 'jobs',
    resource,
  }
}

function usage(message: string): BuildwatchdError {
  return new BuildwatchdError('USAGE', message)
}
