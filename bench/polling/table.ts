import type { CellResult, Figures } from './cell.js'

const WIDTHS = [27, 8, 9, 9, 9, 9, 9, 7, 6, 7, 7, 8, 7]
const HEADS = [
  '',
  'req/b',
  'mean s',
  'median',
  'p95',
  'p99',
  'max',
  '429s',
  'spent',
  '÷fair',
  'p99÷',
  '÷bound',
  'µs/req',
]

export function tableOf(cells: readonly CellResult[]): string {
  return cells
    .flatMap((cell) => [headOf(cell), row(HEADS), ...cell.figures.map((each) => row(valuesOf(each))), ''])
    .join('\n')
}

function headOf({
  group,
  mode,
  builds,
  jobs,
  simulatedBuilds,
  limit,
  reserve,
  crowding,
  seed,
}: CellResult): string {
  const crowded = crowding > 0.8 ? '  (single gets cannot keep up)' : ''
  return `${group} · ${mode} · ${builds} at once · ${jobs} jobs, ${simulatedBuilds} builds · limit ${limit}/h, reserve ${reserve} · builds/requests ${crowding.toFixed(2)}${crowded} · seed ${seed}`
}

function valuesOf(figures: Figures): string[] {
  const { meanToBound, planningUs } = figures
  return [
    figures.method,
    figures.requestsPerBuild.toFixed(1),
    ...[figures.meanS, figures.medianS, figures.p95S, figures.p99S, figures.maxS].map((value) =>
      value.toFixed(1),
    ),
    String(figures.refusals),
    figures.spent.toFixed(2),
    figures.meanToFair.toFixed(2),
    figures.p99ToFair.toFixed(2),
    meanToBound === undefined ? '' : meanToBound.toFixed(2),
    planningUs === undefined ? '' : planningUs.toFixed(0),
  ]
}

function row(values: readonly string[]): string {
  return values
    .map((value, at) => (at === 0 ? value.padEnd(WIDTHS[0]!) : value.padStart(WIDTHS[at]!)))
    .join('')
}
