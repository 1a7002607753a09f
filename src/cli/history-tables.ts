/** The facts of `history` for people: how it goes in three lines, then the builds, to be read in eighty columns. */
import type { JobHistory } from '../app/job-history.js'
import { durationBrief, durationWords } from '../domain/duration-words.js'
import { isoInstant } from '../domain/instant.js'
import { lineWords, resultOf } from '../domain/line.js'
import { safeText } from '../domain/safe-text.js'
import type { Paint } from './colour.js'
import { columns, fitted } from './columns.js'
import { glyphs } from './duration-glyphs.js'
import { cutEnd, textWidth } from './text-width.js'

export interface HistoryStyle {
  readonly paint: Paint
  /** Characters for levels, the lowest first. */
  readonly levels: string
  /** Of the terminal; absent where there is none. */
  readonly width?: number
  readonly now: number
}

type Run = JobHistory['builds'][number]

export function historyTables(facts: JobHistory, style: HistoryStyle): string {
  const lines = [
    headline(facts),
    ...summary(facts, style),
    '',
    ...lineRows(facts, style),
    '',
    ...buildRows(facts, style),
  ]
  return `${[...lines, ...lost(facts)].join('\n')}\n`
}

function headline({ job, known, builds }: JobHistory): string {
  const count = builds.length === known ? counted(known) : `${builds.length} of ${counted(known)}`
  return safeText(`${job}: ${count} that Redis knows`)
}

function counted(builds: number): string {
  return builds === 1 ? '1 build' : `${builds} builds`
}

/** Longer ones would not fit into a line. */
const MOST_GLYPHS = 60

function summary(
  { summary: { passed, failed, successRate, medianMs, p90Ms }, builds }: JobHistory,
  { levels }: HistoryStyle,
): string[] {
  const rate =
    successRate === undefined
      ? 'none is known to have passed or failed'
      : `${passed} of ${passed + failed} passed (${Math.floor(successRate * 100)} %)`
  const durations = builds
    .slice(0, MOST_GLYPHS)
    .map(({ durationMs }) => durationMs)
    .toReversed()
  return [
    `${rate}; median ${durationWords(medianMs)}, 9 of 10 within ${durationWords(p90Ms)}`,
    `${glyphs(durations, levels).join('')}  oldest to newest, up to ${durationWords(Math.max(...durations))}`,
  ]
}

const MOST_LINES = 10

/** Those that fail first. */
function lineRows({ lines }: JobHistory, { now, paint }: HistoryStyle): string[] {
  if (lines.length === 0) return ['LINES: none is known']
  const sorted = [...lines].sort((a, b) => Number(b.result === 'failed') - Number(a.result === 'failed'))
  const shown = sorted.slice(0, MOST_LINES)
  const rows = shown.map(({ line, result, consecutive, sinceAt }) => [
    lineWords(line),
    result === 'failed' ? 'FAILING' : 'passing',
    consecutive === 1 ? '1 build' : `${consecutive} builds in a row`,
    `since ${durationWords(Math.max(0, now - sinceAt))}`,
  ])
  const [heading = '', ...told] = columns(['LINE', 'STATE', 'STREAK', ''], rows)
  const painted = told.map((row, at) => paint(row, shown[at]?.result === 'failed' ? 'bad' : 'neutral'))
  const more = lines.length - shown.length
  return [heading, ...painted, ...(more > 0 ? [`… and ${more} more: -o json`] : [])]
}

const NAMES = ['BUILD', 'BEGAN (UTC)', 'BRANCH', 'COMMIT', 'TOOK', 'OUTCOME', 'VERDICT']
const BRANCH = NAMES.indexOf('BRANCH')
const SHORTEST_BRANCH = 6

function buildRows({ builds }: JobHistory, style: HistoryStyle): string[] {
  const { levels, now, paint, width } = style
  const bars = glyphs(
    builds.map(({ durationMs }) => durationMs),
    levels,
  )
  const rows = builds.map((run, at) => [
    run.build,
    beganWords(run.createdAt, now),
    branchWords(run),
    run.served?.sha?.slice(0, 7) ?? '',
    `${bars[at]} ${durationBrief(run.durationMs)}`,
    run.outcome ?? '',
    run.superseded ? 'superseded' : (run.verdict ?? ''),
  ])
  const [heading = '', ...told] = narrowed(rows, width)
  return [heading, ...told.map((line, at) => paint(line, toneOf(builds[at])))]
}

/** The branch gives way where the terminal is too narrow. */
function narrowed(rows: readonly string[][], width = Number.POSITIVE_INFINITY): string[] {
  const lines = columns(NAMES, rows)
  const excess = Math.max(...lines.map(textWidth)) - width
  if (excess <= 0) return lines
  const room = Math.max(
    SHORTEST_BRANCH,
    Math.max(...rows.map((row) => textWidth(fitted(row[BRANCH] ?? '')))) - excess,
  )
  return columns(
    NAMES,
    rows.map((row) => row.with(BRANCH, cutEnd(fitted(row[BRANCH] ?? ''), room, '…'))),
  )
}

const YEAR_UNSAID_MS = 300 * 86_400_000

/** `03-04 09:12`, or `2025-03-04` where the year does not go without saying. */
function beganWords(at: number, now: number): string {
  const text = isoInstant(at)
  return Math.abs(now - at) < YEAR_UNSAID_MS ? text.slice(5, 16).replace('T', ' ') : text.slice(0, 10)
}

function branchWords({ served }: Run): string {
  if (!served) return ''
  const request = served.pullRequestId ? `PR ${served.pullRequestId}` : ''
  return [request, served.branch ?? ''].filter(Boolean).join(' ')
}

function toneOf(run: Run | undefined): 'bad' | 'warning' | 'neutral' {
  if (run?.outcome === 'unknown') return 'warning'
  return run?.outcome !== undefined && resultOf(run.outcome) === 'failed' ? 'bad' : 'neutral'
}

function lost({ builds }: JobHistory): string[] {
  const count = builds.filter(({ served }) => served === undefined).length
  return count === 0 ? [] : ['', `Of ${counted(count)} only the duration is still kept (retention.builds).`]
}
