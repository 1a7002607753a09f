import type { DeliveryFacts } from '../app/deliveries.js'
import { durationWords } from '../domain/duration-words.js'
import { safeText } from '../domain/safe-text.js'
import { columns } from './columns.js'
import { timeWords } from './time-words.js'

const HEADING = ['OPENED', 'NOTIFIER', 'STATE', 'ATTEMPTS', 'WHY'] as const

/** Two lines for each: the facts, and its id, which replay and drop take: whole, however long it is. */
export function deliveryTable(found: readonly DeliveryFacts[], now: number): string {
  if (found.length === 0) return 'no deliveries\n'
  const rows = found.map((facts) => [
    timeWords(facts.openedAt),
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
  if (state === 'pending' && notBefore > now) return `quiet until ${timeWords(notBefore)}`
  return [reason, detail].filter(Boolean).join(': ')
}

export function stateWords({ state, dueAt }: Pick<DeliveryFacts, 'state' | 'dueAt'>, now: number): string {
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
    ['opened', timeWords(openedAt)],
    ['replayed', replayedAt === undefined ? undefined : timeWords(replayedAt)],
    ['next attempt', dueAt === undefined ? undefined : timeWords(dueAt)],
    ['ended', endedAt === undefined ? undefined : timeWords(endedAt)],
    ['attempts', String(facts.attempts)],
    ...failed.map(({ at, reason }): [string, string] => ['failed', `${timeWords(at)}  ${reason}`]),
    ['body', body ?? (facts.state === 'pending' ? 'not rendered yet' : 'none was made')],
  ]
  return lines
    .flatMap(([name, value]) => (value === undefined ? [] : [`${name.padEnd(14)}${safeText(value)}\n`]))
    .join('')
}

function stateName({ state }: DeliveryFacts): string {
  return state.replace('_', ' ')
}
