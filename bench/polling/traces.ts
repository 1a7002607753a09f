/** Real builds from CSV files: `source,job,started_at_epoch_s,duration_s,outcome`, plain or gzipped. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'

interface TracedBuild {
  readonly startedAtS: number
  readonly durationS: number
}

export interface TracedJob {
  readonly source: string
  readonly job: string
  /** By start. */
  readonly builds: readonly TracedBuild[]
}

const COLUMNS = ['source', 'job', 'started_at_epoch_s', 'duration_s']
const BUILD_LIKE_MEDIAN_S = 60

/** The jobs of all CSV files of a directory whose builds take a minute or more at the median. */
export function readTraces(directory: string): TracedJob[] {
  const files = readdirSync(directory).filter((name) => /\.csv(\.gz)?$/.test(name))
  if (files.length === 0)
    throw new Error(`${directory} holds no .csv or .csv.gz file: name a directory of traces with --traces`)
  const jobs = new Map<string, { source: string; job: string; builds: TracedBuild[] }>()
  for (const name of files.sort()) {
    for (const { source, job, build } of rowsOf(join(directory, name))) {
      const key = JSON.stringify([source, job])
      const known = jobs.get(key) ?? { source, job, builds: [] }
      known.builds.push(build)
      jobs.set(key, known)
    }
  }
  return [...jobs.values()]
    .filter(({ builds }) => median(builds.map(({ durationS }) => durationS)) >= BUILD_LIKE_MEDIAN_S)
    .map((job) => ({ ...job, builds: job.builds.toSorted((a, b) => a.startedAtS - b.startedAtS) }))
}

function* rowsOf(file: string): Generator<{ source: string; job: string; build: TracedBuild }> {
  const bytes = readFileSync(file)
  const [head = '', ...lines] = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes)
    .toString('utf8')
    .split(/\r?\n/)
  const places = COLUMNS.map((column) => cells(head).indexOf(column))
  if (places.includes(-1))
    throw new Error(`${file}: its first line must name the columns ${COLUMNS.join(', ')}`)
  for (const line of lines) {
    if (line === '') continue
    const row = cells(line)
    const [source = '', job = '', started, duration] = places.map((place) => row[place])
    const build = { startedAtS: Number(started), durationS: Number(duration) }
    if (Number.isFinite(build.startedAtS) && build.durationS > 0) yield { source, job, build }
  }
}

/** RFC 4180 without line breaks inside of quotes. */
function cells(line: string): string[] {
  if (!line.includes('"')) return line.split(',')
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  )
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
