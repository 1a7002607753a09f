import type { DeliveryFacts } from '../app/deliveries.js'
import { durationWords } from '../domain/duration-words.js'
import { isoInstant } from '../domain/instant.js'
import { safeText } from '../domain/safe-text.js'
import { columns } from './columns.js'

const HEADING = ['OPENED', 'NOTIFIER', 'STATE', 'ATTEMPTS', 'WHY'] as const

/** Two lines for each: the facts, and its id, which replay and drop take: whole, however long it is. */
export function deliveryTable(found: readonly DeliveryFacts[], now: number): string {
  if (found.length === 0) return 'no deliveries\n'
  const rows = found.map((facts) => [
    time(facts.openedAt),
    facts.notifier,
    stateWords(facts, now),
    String(facts.attempts),
    whyWords(facts, now),
  ])
  const [heading = '', ...lines] = columns(HEADING, rows)
  return [heading, ...lines.flatMap((line, at) => [line, `  ${safeText(found[at]?.id ?? '')}`]), ''].join(
    '\n',
  )
}

function whyWords({ state, notBefore = 0, reason, detail }: DeliveryFacts, now: number): string {
  if (state === 'pending' && notBefore > now) return `quiet until ${time(notBefore)}`
  return [reason, detail].filter(Boolean).join(': ')
}

function stateWords({ state, dueAt }: DeliveryFacts, now: number): string {
  if (state === 'dead_lettered') return 'dead'
  if (state !== 'pending' || dueAt === undefined) return state
  return dueAt <= now ? 'due' : `due in ${durationWords(dueAt - now)}`
}

export function shownDelivery(facts: DeliveryFacts): string {
  const { id, notifier, event, openedAt, dueAt, endedAt, replayedAt, failed, body } = facts
  const lines: [string, string | undefined][] = [
    ['delivery', id],
    ['notifier', notifier],
    ['event', `${event.id} (${event.type})`],
    ['state', [stateName(facts), facts.reason, facts.detail].filter(Boolean).join(': ')],
    ['opened', time(openedAt)],
    ['replayed', replayedAt === undefined ? undefined : time(replayedAt)],
    ['next attempt', dueAt === undefined ? undefined : time(dueAt)],
    ['ended', endedAt === undefined ? undefined : time(endedAt)],
    ['attempts', String(facts.attempts)],
    ...failed.map(({ at, reason }): [string, string] => ['failed', `${time(at)}  ${reason}`]),
    ['body', body ?? (facts.state === 'pending' ? 'not rendered yet' : 'none was made')],
  ]
  return lines
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(14)}${safeText(value)}\n`]))
    .join('')
}

function stateName({ state }: DeliveryFacts): string {
  return state.replace('_', ' ')
}

/** `2026-03-04 09:12:05Z`. */
function time(at: number): string {
  return `${isoInstant(at).slice(0, 19).replace('T', ' ')}Z`
}
