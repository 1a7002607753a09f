/**
 * The facts of `explain` for people, in eighty columns: times of day of what happened, and distances between what belongs
 * together. What takes more room is cut off, or folded; as JSON there is all of it.
 */
import type { Explanation } from '../app/explain.js'
import { durationWords } from '../domain/duration-words.js'
import type { ProbeReason } from '../domain/probe.js'
import { fittedColumns } from './columns.js'
import { deliveryLines, routeLines } from './explain-told-tables.js'
import { dayOf, timeSince } from './time-words.js'

const REASONS: Readonly<Record<ProbeReason, string>> = {
  first: 'nothing was known yet',
  changed: 'the watchlists had changed',
  plan: 'the plan',
  'square-root': 'the plan, in small steps',
  idle: 'to see new builds',
  backoff: 'backoff',
  'shortest-step': 'as soon as may be',
  'longest-step': 'after the longest pause',
  governor: 'put off by the budget',
  window: 'its schedule',
  retry: 'the probe before it had failed',
  trouble: 'now and then: gone or forbidden',
}

/** Of many probes, those that found the build and those that saw its end. */
const [FIRST_PROBES, LAST_PROBES] = [5, 15]

export interface TableWishes {
  /** Epoch ms. */
  readonly now: number
  /** Every probe, however many. */
  readonly all: boolean
}

export function explainTables(facts: Explanation, { now, all }: TableWishes): string {
  const since = beginningOf(facts) ?? now
  const lines = [
    headline(facts),
    ...(facts.isHistory ? [] : [`${costWords(facts)}; times without a date are of ${dayOf(since)}`]),
    '',
    ...transitions(facts, since),
    '',
    ...probes(facts, { since, all }),
    '',
    ...routeLines(facts, now),
    '',
    ...deliveryLines(facts, { since, now }),
  ]
  return `${lines.join('\n')}\n`
}

function beginningOf({ transitions: [first], deliveries: [delivery] }: Explanation): number | undefined {
  return first ? Date.parse(first.data.observedAt) : delivery?.openedAt
}

function headline({ build, isHistory, transitions: told, stuckAt }: Explanation): string {
  if (isHistory) return `${build} had ended before anyone watched it: it is on record, and was told to nobody`
  const stuck = stuckAt === undefined ? '' : ', told to be stuck'
  return `${build}${standing(told.at(-1))}${stuck}`
}

function standing(last: Explanation['transitions'][number] | undefined): string {
  const { to, outcome, detectedAfterMs } = last?.data ?? {}
  if (outcome === undefined) return ` is ${to ?? 'recorded without a status'}`
  const late = detectedAfterMs === undefined ? '' : `, seen ${durationWords(detectedAfterMs)} after its end`
  return `: ${outcome}${late}`
}

function costWords({ probes: made }: Explanation): string {
  if (made.length === 0) return 'what it cost is on record no more'
  const requests = made.reduce((sum, probe) => sum + probe.requests, 0)
  return `while it ran ${counted(made.length, 'probe')}, ${counted(requests, 'request')}`
}

function counted(count: number, name: string): string {
  return `${count} ${name}${count === 1 ? '' : 's'}`
}

function transitions({ transitions: told }: Explanation, since: number): string[] {
  if (told.length === 0) return ['TRANSITIONS: none']
  const rows = told.map(({ data: { seq, from, to, outcome, verdict, observedAt } }) => [
    String(seq),
    timeSince(since, Date.parse(observedAt)),
    from ?? '',
    to ?? '',
    outcome ?? '',
    verdict ?? '',
  ])
  return ['TRANSITIONS', ...fittedColumns(['SEQ', 'SEEN', 'FROM', 'TO', 'OUTCOME', 'VERDICT'], rows)]
}

function probes(
  { probes: made }: Explanation,
  { since, all }: { readonly since: number; readonly all: boolean },
): string[] {
  if (made.length === 0) return ['PROBES: no note is left of any']
  const rows = made.map((probe, at) => {
    const before = made[at - 1]?.at
    return [
      timeSince(since, probe.at),
      before === undefined ? '' : shortly(probe.at - before),
      REASONS[probe.why],
      String(probe.requests),
      sawWords(probe),
    ]
  })
  const [heading = '', ...lines] = fittedColumns(['AT', 'AFTER', 'WHY THEN', 'REQUESTS', 'SAW'], rows)
  return ['PROBES', heading, ...(all ? lines : folded(lines))]
}

/** Polls may be less than a second apart, and that is said too often for words. */
function shortly(ms: number): string {
  return ms < 1000 ? '< 1 s' : durationWords(ms)
}

function folded(lines: readonly string[]): readonly string[] {
  const more = lines.length - FIRST_PROBES - LAST_PROBES
  // In place of one the fold would save nothing.
  if (more <= 1) return lines
  return [...lines.slice(0, FIRST_PROBES), `  … ${more} more, shown with --all`, ...lines.slice(-LAST_PROBES)]
}

function sawWords({ saw, told }: Explanation['probes'][number]): string {
  if (told) return told.outcome ?? told.to ?? 'no status'
  if (saw.kind === 'failed') return saw.code
  if (saw.kind === 'postponed') return 'nothing: no budget'
  return 'no change'
}
