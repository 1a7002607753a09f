import { isPullRequest } from '../domain/build-filter.js'
import { durationWords } from '../domain/duration-words.js'
import { isoInstant, normaliseConcludedAt, normaliseCreatedAt } from '../domain/instant.js'
import { outcomeOf } from '../domain/outcome.js'
import { safeExcerpt } from '../domain/safe-text.js'
import type { ApiBuild } from '../domain/snapshot.js'
import { columns } from './columns.js'

const HEADING = ['BUILD', 'STATUS', 'OUTCOME', 'BRANCH', 'COMMIT', 'AGE', 'TOOK'] as const
const BRANCH = HEADING.indexOf('BRANCH')
const DEFAULT_WIDTH = 80
/** Below this a branch says nothing; the line is then longer than it should be. */
const NARROWEST_BRANCH = 12
const SHORT_SHA = 7

/** One line for each build, its branch cut to what else is left of `width`; '' for none. */
export function buildsTable(
  builds: readonly ApiBuild[],
  { now, width = DEFAULT_WIDTH }: { readonly now: number; readonly width?: number | undefined },
): string {
  if (builds.length === 0) return ''
  const rows = builds.map((build) => rowOf(build, now))
  const others = columns(
    HEADING,
    rows.map((row) => row.with(BRANCH, '')),
  )
  const taken = Math.max(...others.map((line) => line.length)) + 2
  const room = Math.max(NARROWEST_BRANCH, width - taken)
  const fitted = rows.map((row) => row.with(BRANCH, safeExcerpt(row[BRANCH] ?? '', room)))
  return `${columns(HEADING, fitted).join('\n')}\n`
}

function rowOf(build: ApiBuild, now: number): string[] {
  const { id, status = '-', sha = '' } = build
  const { createdAt, tookMs } = timesOf(build, now)
  return [
    id,
    status,
    outcomeWord(build) ?? '',
    branchWords(build),
    sha.slice(0, SHORT_SHA),
    createdAt === undefined ? '' : ageWords(now - createdAt),
    tookMs === undefined ? '' : tookMs < 1000 ? '< 1 s' : durationWords(tookMs),
  ]
}

/** The number of the pull request first, so that it outlasts a cut. */
function branchWords(build: ApiBuild): string {
  const { branch = '', pullRequestId } = build
  return isPullRequest(build) ? `#${pullRequestId} ${branch}`.trimEnd() : branch
}

/** The largest unit alone. */
function ageWords(ms: number): string {
  if (ms < 1000) return 'now'
  return durationWords(ms).split(' ').slice(0, 2).join(' ')
}

/** One build as people read it: what is known of builds in its own words, whatever else the API gave below it, as it is. */
export function buildTable(build: ApiBuild, raw: object, now: number): object {
  const { createdAt, concludedAt, tookMs } = timesOf(build, now)
  const known: Readonly<Record<string, string | undefined>> = {
    build: build.id,
    status: build.status,
    outcome: outcomeWord(build),
    branch: build.branch,
    'pull request': isPullRequest(build) ? String(build.pullRequestId) : undefined,
    commit: build.sha,
    created: createdAt === undefined ? build.createdAt : whenWords(createdAt, now),
    concluded: concludedWords(build, concludedAt, now),
    took: tookMs === undefined ? undefined : durationWords(tookMs),
    message: build.message ?? undefined,
    image: build.registry?.uri,
  }
  const told = Object.entries(known).filter(([, words]) => words !== undefined)
  const rest = Object.entries(raw)
    .filter(([name]) => !Object.hasOwn(build, name))
    .map(([name, value]): [string, unknown] => [Object.hasOwn(known, name) ? `API ${name}` : name, value])
  return Object.fromEntries([...told, ...rest])
}

function outcomeWord({ concluded, status, success }: ApiBuild): string | undefined {
  return concluded === true ? outcomeOf(status, success) : undefined
}

function concludedWords(
  { concluded, buildConcludedAt }: ApiBuild,
  at: number | undefined,
  now: number,
): string | undefined {
  if (at !== undefined) return whenWords(at, now)
  if (buildConcludedAt !== undefined) return String(buildConcludedAt)
  return concluded === undefined ? undefined : concluded ? 'yes' : 'not yet'
}

interface Times {
  readonly createdAt?: number
  readonly concludedAt?: number
  /** Absent where it concluded before it was created, as in the API's own example. */
  readonly tookMs?: number
}

/** Epoch ms. */
function timesOf(build: ApiBuild, now: number): Times {
  const createdAt = normaliseCreatedAt(build.createdAt)
  const concludedAt = build.concluded === true ? normaliseConcludedAt(build.buildConcludedAt, now) : undefined
  const tookMs =
    createdAt !== undefined && concludedAt !== undefined && concludedAt >= createdAt
      ? concludedAt - createdAt
      : undefined
  return {
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(concludedAt === undefined ? {} : { concludedAt }),
    ...(tookMs === undefined ? {} : { tookMs }),
  }
}

/** `2026-03-04 09:12:05Z (3 d ago)`. */
function whenWords(at: number, now: number): string {
  const instant = `${isoInstant(at).slice(0, 19).replace('T', ' ')}Z`
  return now - at < 1000 ? instant : `${instant} (${ageWords(now - at)} ago)`
}
