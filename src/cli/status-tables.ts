/**
 * The facts of `status` for people: what needs attention stands in words, and what is as it should be takes one short line.
 * Times are distances from now, because that is what one wants to know of a poll, a reset or a red branch.
 */
import type { StatusFacts } from '../app/status.js'
import { durationWords } from '../domain/duration-words.js'
import { safeText } from '../domain/safe-text.js'
import { columns } from './columns.js'

/** Longer lists are cut, and say so; `-o json` has all. */
const MOST_ROWS = 50

export function statusTables(facts: StatusFacts): string {
  const sections = [
    daemons(facts),
    accounts(facts),
    table('TARGETS', ['TARGET', 'ACTIVE', 'NEXT POLL', 'LAST ANSWER', 'TROUBLE'], targetRows(facts)),
    table('ACTIVE BUILDS', ['BUILD', 'STATUS', 'AGE', 'USUALLY', ''], buildRows(facts)),
    table('LINES', ['LINE', 'STATE', 'SINCE', 'NEWEST BUILD'], lineRows(facts)),
    deliveries(facts),
  ]
  return `${sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

type Row = readonly string[]

function table(title: string, names: readonly string[], rows: readonly Row[]): string[] {
  if (rows.length === 0) return [`${title}: none`]
  const more = rows.length - MOST_ROWS
  const lines = columns(names, rows.slice(0, MOST_ROWS)).map((line) => `  ${line}`)
  return [title, ...lines, ...(more > 0 ? [`  … and ${more} more: status -o json`] : [])]
}

function daemons({ replicas, at, configuration }: StatusFacts): string[] {
  if (replicas.length === 0) return ['DAEMONS: none has given a sign of life in the last 30 seconds']
  const digest = configuration === undefined ? '' : `, configuration ${configuration.generation}`
  return [
    `DAEMONS: ${replicas.length} live${digest}`,
    ...replicas.flatMap(({ facts }) => daemonLines(facts, at)),
  ]
}

interface DaemonFacts {
  readonly host?: string
  readonly pid?: number
  readonly version?: string
  readonly configuration?: { readonly loadedAt: number }
  readonly lastReload?: {
    readonly at: number
    readonly problems: readonly string[]
    readonly badFiles: readonly string[]
  }
}

function daemonLines(facts: DaemonFacts, now: number): string[] {
  const { host = '?', pid = '?', version = '?', configuration, lastReload } = facts
  const loaded = configuration ? `, files read ${ago(configuration.loadedAt, now)}` : ''
  const problems = lastReload?.problems ?? []
  return [
    `  ${host}, process ${pid}, version ${version}${loaded}`,
    ...problems.map(
      (problem) => `    not in force (${ago(lastReload?.at ?? now, now)}): ${safeText(problem)}`,
    ),
  ]
}

function accounts({ accounts: each, at }: StatusFacts): string[] {
  const rows = each.map(
    ({ account, limit, remaining, resetAt, spentByUs, spentByOthers, requestPriceS, trouble }) => [
      account,
      limit === undefined ? 'not known yet' : `${remaining} of ${limit}`,
      resetAt === undefined ? '' : ahead(resetAt, at),
      spentByUs === undefined ? '' : String(spentByUs),
      spentByOthers === undefined ? '' : String(spentByOthers),
      requestPriceS === undefined ? '' : `${Number(requestPriceS.toPrecision(2))} s`,
      troubleWords(trouble, at),
    ],
  )
  return table('ACCOUNTS', ['ACCOUNT', 'LEFT', 'RESET', 'SPENT BY US', 'BY OTHERS', 'PRICE', 'TROUBLE'], rows)
}

/** Those in trouble first. */
function targetRows({ targets, unseenBuilds, at }: StatusFacts): Row[] {
  const open = targets.filter(({ state }) => state !== 'finished')
  const rows = open.map(
    (target): Row => [
      target.id,
      target.activeBuilds === 0 ? '' : String(target.activeBuilds),
      target.state === 'abandoned'
        ? 'given up'
        : target.nextProbeAt === undefined
          ? 'now'
          : ahead(target.nextProbeAt, at),
      target.failure ?? (target.answeredAt === undefined ? 'none yet' : ago(target.answeredAt, at)),
      [troubleWords(target.trouble, at), target.lacks === undefined ? '' : `lacks "${target.lacks}"`]
        .filter(Boolean)
        .join('; '),
    ],
  )
  const unseen = unseenBuilds.map(({ key, trouble }): Row => [key, '', '', '', troubleWords(trouble, at)])
  return [...rows, ...unseen].sort((a, b) => Number(b[4] !== '') - Number(a[4] !== ''))
}

function buildRows({ activeBuilds, at }: StatusFacts): Row[] {
  return activeBuilds.map(({ key, status = 'no status', ageMs, usualMs, stuckAt, trouble }) => [
    key,
    status,
    ageMs === undefined ? '' : durationWords(ageMs),
    usualMs === undefined ? '' : durationWords(usualMs),
    [stuckAt === undefined ? '' : `stuck, told ${ago(stuckAt, at)}`, troubleWords(trouble, at)]
      .filter(Boolean)
      .join('; '),
  ])
}

/** Red ones first, the longest first. */
function lineRows({ lines, at }: StatusFacts): Row[] {
  const sorted = [...lines].sort((a, b) =>
    a.result === b.result ? a.sinceAt - b.sinceAt : a.result === 'failed' ? -1 : 1,
  )
  return sorted.map(({ resource, line, build, result, consecutive, sinceAt }) => [
    `${resource} ${line}`,
    result === 'failed' ? `FAILING, ${builds(consecutive)}` : `passing, ${builds(consecutive)}`,
    ago(sinceAt, at),
    build,
  ])
}

function builds(count: number): string {
  return count === 1 ? '1 build' : `${count} builds`
}

function deliveries({ deliveries: { pending, dead }, suspended, at }: StatusFacts): string[] {
  return [
    `DELIVERIES: ${pending} waiting, ${dead} given up`,
    ...suspended.map(
      ({ notifier, reason, at: since }) =>
        `  ${notifier} was suspended ${ago(since, at)}: ${safeText(reason)}`,
    ),
  ]
}

type Trouble = StatusFacts['targets'][number]['trouble']

function troubleWords(record: Trouble, now: number): string {
  if (!record) return ''
  const { trouble, since, failing } = record
  if (trouble !== undefined) {
    const detail = failing === undefined ? '' : `: ${causeIn(failing.detail)}`
    return `${trouble} for ${durationWords(Math.max(0, now - (since ?? now)))}${detail}`
  }
  return failing === undefined ? '' : `probes fail (${failing.code}), not for long yet`
}

/** What was asked for stands in the same row already. */
function causeIn(detail: string): string {
  return detail.replace(/^GET \S+: /, '')
}

function ago(at: number, now: number): string {
  return now - at < 1000 ? 'just now' : `${durationWords(now - at)} ago`
}

function ahead(at: number, now: number): string {
  return at <= now ? 'now' : `in ${durationWords(at - now)}`
}
