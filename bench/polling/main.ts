/**
 * Replays real builds through the planner in simulated time, beside what others do and beside what could be done with full
 * knowledge.   npm run bench:polling -- --traces DIR [--builds 5,20,60,200] [--limit 1000] [--seed N] [--out FILE] [--chart FILE.svg]
 */
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import type { ArrivalMode } from './arrivals.js'
import {
  BOUND,
  type CellResult,
  type CellTask,
  FAIR,
  groupsOf,
  reserveOf,
  SINGLE,
  TOLD,
  UNKNOWN,
} from './cell.js'
import { type Curve, chartOf } from './chart.js'
import { runAll } from './pool.js'
import { tableOf } from './table.js'
import { readTraces } from './traces.js'

const MODES: readonly ArrivalMode[] = ['steady', 'compressed']
const USAGE =
  'Usage: npm run bench:polling -- --traces DIR [--builds 5,20,60,200] [--limit 1000] [--seed N] [--out FILE] [--chart FILE.svg]'

const options = readOptions()
const groups = groupsOf(readTraces(options.traces))
const began = performance.now()
console.log(
  `polling bench · node ${process.version} · ${cpus().length} × ${cpus()[0]?.model} · seed ${options.seed} · limit ${options.limit}/h, reserve ${reserveOf(options.limit)}`,
)
const cells = await runAll(
  groups.flatMap((group) =>
    MODES.flatMap((mode) => options.builds.map((builds) => taskOf({ group, mode, builds }))),
  ),
  (done) => void (process.stderr.isTTY && process.stderr.write(`\r${done} cells done`)),
)
process.stderr.write('\n')
console.log(tableOf(cells))
const planning = planningUs(cells)
console.log(
  `planning CPU per request: ${planning.toFixed(1)} µs on average over ${cells.length} cells, ${worstUs(cells).toFixed(1)} µs in the worst (wanted: at most 100)`,
)
if (options.out)
  writeFileSync(
    options.out,
    `${JSON.stringify({ seed: options.seed, limit: options.limit, reserve: reserveOf(options.limit), node: process.version, planningUs: planning, cells }, undefined, 1)}\n`,
  )
if (options.chart) writeFileSync(options.chart, await drawn())
console.log(`${((performance.now() - began) / 1000).toFixed(0)} s`)

interface Place {
  readonly group: string
  readonly mode: ArrivalMode
  readonly builds: number
}

function taskOf(place: Place): CellTask {
  return { ...place, traces: options.traces, limit: options.limit, seed: options.seed }
}

function readOptions() {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    options: { traces: text, builds: text, limit: text, seed: text, out: text, chart: text },
  })
  const builds = (values.builds ?? '5,20,60,200').split(',').map(Number)
  const [limit, seed] = [Number(values.limit ?? 1000), Number(values.seed ?? 1)]
  if (!values.traces) fail(`Which builds? Name a directory of CSV files with --traces.\n${USAGE}`)
  if (!builds.every((count) => count > 0)) fail(`--builds takes numbers above 0, such as 5,20.\n${USAGE}`)
  if (!(limit >= 40) || !Number.isInteger(seed))
    fail(`--limit takes a number of at least 40, --seed a whole number.\n${USAGE}`)
  return { traces: values.traces, builds, limit, seed, out: values.out, chart: values.chart }
}

function fail(message: string): never {
  console.error(message)
  process.exit(2)
}

function allPlanning(results: readonly CellResult[]): number[] {
  return results.flatMap(({ figures }) =>
    figures.flatMap(({ method, planningUs }) => (planningUs && method !== BOUND ? [planningUs] : [])),
  )
}

function planningUs(results: readonly CellResult[]): number {
  const each = allPlanning(results)
  return each.reduce((sum, value) => sum + value, 0) / each.length
}

function worstUs(results: readonly CellResult[]): number {
  return Math.max(...allPlanning(results))
}

/** The first group under a steady load at budgets from a quarter to four times the limit; timers at the limit alone. */
async function drawn(): Promise<string> {
  const [group = ''] = groups
  const builds = options.builds.includes(20) ? 20 : (options.builds[0] ?? 20)
  const place = { group, mode: 'steady', builds } as const
  const methods = [FAIR, BOUND, SINGLE, UNKNOWN, TOLD]
  const limits = [0.25, 0.5, 1, 2, 4].map((factor) => Math.max(40, Math.round(options.limit * factor)))
  const runs = await runAll(
    limits.map((limit) => ({ ...taskOf(place), limit, methods })),
    () => undefined,
  )
  const pointsOf = (results: readonly CellResult[], wanted: string) =>
    results.flatMap(({ figures }) =>
      figures
        .filter(({ method }) => method === wanted)
        .map(({ requestsPerBuild, meanS }) => [requestsPerBuild, meanS] as const),
    )
  const colours = ['#888', '#000', '#1f77b4', '#2ca02c', '#9467bd']
  const curves: Curve[] = methods.map((name, at) => ({
    name,
    colour: colours[at] ?? '#000',
    points: pointsOf(runs, name),
  }))
  const here = cells.filter(
    (cell) => cell.group === group && cell.mode === 'steady' && cell.builds === builds,
  )
  const timers = here.flatMap(({ figures }) =>
    figures.filter(({ method }) => /^(fixed|backoff)/.test(method)),
  )
  const points = timers.map(({ requestsPerBuild, meanS }) => [requestsPerBuild, meanS] as const)
  return chartOf(
    `${group}: ${builds} builds at once, ${options.limit / 4}–${options.limit * 4} requests an hour`,
    [
      ...curves,
      {
        name: `timers at ${options.limit}/h`,
        colour: '#d62728',
        points,
        labels: timers.map(({ method }) => method),
      },
    ],
  )
}
