/** Builds of the past from a CSV file, plain or gzipped: `job,started_at_epoch_s,duration_s`; other columns are passed over. */
import { readFile } from 'node:fs/promises'
import { gunzipSync } from 'node:zlib'
import type { PastBuilds } from '../core/plan-ahead.js'
import type { JobFacts } from '../domain/cadence.js'
import { BuildwatchdError } from '../domain/errors.js'

type PastBuild = JobFacts['ended'][number]

/** The year 5138; what is later was meant in milliseconds. */
const LATEST_AT = 1e14

const COLUMNS = ['job', 'started_at_epoch_s', 'duration_s'] as const

/** Rejects with USAGE, naming the line. */
export async function readHistoryFile(file: string): Promise<PastBuilds> {
  const lines = (await textOf(file)).split(/\r?\n/)
  const names = cellsOf(lines[0] ?? '')
  const places = COLUMNS.map((column) => names.indexOf(column))
  if (places.includes(-1)) throw refusal(file, 1, `must name the columns ${COLUMNS.join(', ')}`)
  const builds = new Map<string, PastBuild[]>()
  for (const [at, line] of lines.entries()) {
    if (at === 0 || line.trim() === '') continue
    const row = rowOf(line, places)
    if (!row) throw refusal(file, at + 1, 'holds no job with a start and a duration above 0, both in seconds')
    const known = builds.get(row.job) ?? []
    builds.set(row.job, known)
    known.push(row.build)
  }
  for (const each of builds.values()) each.sort((a, b) => b.createdAt - a.createdAt)
  return builds
}

function rowOf(line: string, places: readonly number[]): { job: string; build: PastBuild } | undefined {
  const cells = cellsOf(line)
  const [job = '', started, duration] = places.map((place) => cells[place])
  const build = { createdAt: Number(started) * 1000, durationMs: Number(duration) * 1000 }
  const isPlausible = build.createdAt > 0 && build.createdAt < LATEST_AT && build.durationMs > 0
  return job !== '' && isPlausible ? { job, build } : undefined
}

async function textOf(file: string): Promise<string> {
  try {
    const bytes = await readFile(file)
    return (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  } catch (error) {
    const code =
      typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unreadable'
    throw new BuildwatchdError(
      'USAGE',
      `--history ${file} cannot be read (${code}); name a CSV file of past builds`,
    )
  }
}

const CELL = /(?:"((?:[^"]|"")*)"|([^,]*)),/y

/** Commas within double quotes are text; a quote within them is doubled. */
function cellsOf(line: string): string[] {
  const cells: string[] = []
  const text = `${line},`
  CELL.lastIndex = 0
  for (let match = CELL.exec(text); match; match = CELL.exec(text)) {
    const [, quoted, plain] = match
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? '')
    if (CELL.lastIndex >= text.length) break
  }
  return cells
}

function refusal(file: string, line: number, what: string): BuildwatchdError {
  return new BuildwatchdError('USAGE', `--history ${file}:${line}: ${what}`)
}
