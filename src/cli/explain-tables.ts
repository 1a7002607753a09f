/** The facts of `explain` for people: times of day of what happened, and distances between what belongs together. */
import type { Explanation } from '../app/explain.js'
import { durationWords } from '../domain/duration-words.js'
import { isoInstant } from '../domain/instant.js'
import type { ProbeReason } from '../domain/probe.js'
import { columns } from './columns.js'

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
  trouble: 'what is gone or forbidden is asked for now and then',
}

export function explainTables(facts: Explanation): string {
  const lines = [headline(facts), '', ...transitions(facts), '', ...probes(facts)]
  return `${lines.join('\n')}\n`
}

function headline({ build, isHistory, transitions: told, probes: made }: Explanation): string {
  if (isHistory) return `${build} had ended before anyone watched it: it is on record, and was told to nobody`
  const last = told.at(-1)?.data
  const requests = made.reduce((sum, probe) => sum + probe.requests, 0)
  const cost = `while it ran ${made.length} ${made.length === 1 ? 'probe' : 'probes'}, ${requests} ${requests === 1 ? 'request' : 'requests'}`
  if (last?.outcome === undefined) return `${build} is ${last?.to ?? 'recorded without a status'} (${cost})`
  const late =
    last.detectedAfterMs === undefined ? '' : `, seen ${durationWords(last.detectedAfterMs)} after its end`
  return `${build}: ${last.outcome}${late} (${cost})`
}

function transitions({ transitions: told }: Explanation): string[] {
  if (told.length === 0) return ['TRANSITIONS: none']
  const rows = told.map(({ data: { seq, from, to, outcome, verdict, observedAt } }) => [
    String(seq),
    time(Date.parse(observedAt)),
    from ?? '',
    to ?? '',
    outcome ?? '',
    verdict ?? '',
  ])
  return ['TRANSITIONS', ...indented(['SEQ', 'SEEN', 'FROM', 'TO', 'OUTCOME', 'VERDICT'], rows)]
}

function probes({ probes: made }: Explanation): string[] {
  if (made.length === 0) return ['PROBES: no note is left of any']
  const rows = made.map((probe, at) => {
    const before = made[at - 1]?.at
    return [
      time(probe.at),
      before === undefined ? '' : durationWords(probe.at - before),
      REASONS[probe.why],
      String(probe.requests),
      sawWords(probe),
    ]
  })
  return ['PROBES', ...indented(['AT', 'AFTER', 'WHY THEN', 'REQUESTS', 'SAW'], rows)]
}

function sawWords({ saw, told }: Explanation['probes'][number]): string {
  if (told) return told.outcome ?? told.to ?? 'no status'
  if (saw.kind === 'failed') return saw.code
  if (saw.kind === 'postponed') return 'nothing: no budget for all of it'
  return 'no change'
}

function indented(names: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return columns(names, rows).map((line) => `  ${line}`)
}

/** `2026-03-04 09:12:05Z`. */
function time(at: number): string {
  return `${isoInstant(at).slice(0, 19).replace('T', ' ')}Z`
}
