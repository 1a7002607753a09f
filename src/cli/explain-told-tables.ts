/** Whom a build was told, and why not the others, for people. Events go by what their ids add to the key of the build. */
import type { ExplainedEvent, ExplainedRoute, Explanation } from '../app/explain.js'
import { type DeliveryTry, triesOf } from '../domain/delivery-tries.js'
import { safeExcerpt } from '../domain/safe-text.js'
import { fitted, fittedColumns } from './columns.js'
import { stateWords } from './delivery-tables.js'
import { refusalWords } from './route-words.js'
import { timeSince, timeWords } from './time-words.js'

type Delivery = Explanation['deliveries'][number]

/** Triggers of one route that are shown. */
const WIDEST_ON = 20

export function routeLines({ build, events, deliveries }: Explanation, now: number): string[] {
  if (events.length === 0) return ['ROUTES: nothing was told']
  const stateOf = deliveryStates(deliveries, now)
  const told = events.filter(isAskedFor)
  const rows = told.flatMap(({ routes }) =>
    routes.map((explained) => [
      `  ${explained.route.to}`,
      safeExcerpt(explained.route.on.join(' '), WIDEST_ON),
      routeResult(explained, stateOf),
    ]),
  )
  const [heading = '', ...lines] = rows.length === 0 ? [] : fittedColumns(['  TO', 'ON', 'BECAME'], rows)
  let at = 0
  const sections = told.flatMap((each) => {
    const [from, to] = [at, (at += each.routes.length)]
    return [fitted(`  ${shortId(each, build)}${WHOSE[each.routesOf]}`), ...lines.slice(from, to)]
  })
  return ['ROUTES', ...(rows.length === 0 ? [] : [heading]), ...sections, ...unasked(events, build)]
}

const WHOSE: Readonly<Record<ExplainedEvent['routesOf'], string>> = {
  event: '',
  now: ': the log no longer has it; these are the routes of now',
  unknown: '',
}

const UNASKED: Readonly<Record<ExplainedEvent['routesOf'], string>> = {
  event: 'no route asked for',
  now: 'the log no longer has these, and no route of now asks for them:',
  unknown: 'the log no longer has these, nor does any watch want them now:',
}

function isAskedFor({ routes }: ExplainedEvent): boolean {
  return routes.some(({ verdict }) => verdict.kind !== 'not_asked')
}

function unasked(events: readonly ExplainedEvent[], build: string): string[] {
  const left = events.filter((each) => !isAskedFor(each))
  return (['event', 'now', 'unknown'] as const).flatMap((whose) => {
    const ids = left.filter(({ routesOf }) => routesOf === whose).map((each) => shortId(each, build))
    return ids.length === 0 ? [] : [fitted(`  ${UNASKED[whose]} ${ids.join(' ')}`)]
  })
}

/** `#concluded`, `!forbidden.1`. */
function shortId({ event }: Pick<ExplainedEvent, 'event'>, build: string): string {
  return event.id.startsWith(build) ? event.id.slice(build.length) : event.id
}

type StateOf = (delivery: string) => string

export function deliveryStates(deliveries: readonly Delivery[], now: number): StateOf {
  const states = new Map(deliveries.map((delivery) => [delivery.id, deliveryState(delivery, now)]))
  return (id) => states.get(id) ?? ''
}

function deliveryState(delivery: Delivery, now: number): string {
  const { state, reason, notBefore } = delivery
  if (isQuiet(delivery, now)) return `told later: quiet until ${timeWords(notBefore ?? now)}`
  const words = stateWords(delivery, now)
  return state === 'pending' || reason === undefined ? words : `${words} (${reason})`
}

/** In the words of `route test`, as far as it foretells what came. */
export function routeResult({ route, verdict, came }: ExplainedRoute, stateOf: StateOf): string {
  switch (came.kind) {
    case 'delivery':
      return stateOf(came.delivery)
    case 'not_dispatched':
      return 'matches, and is not dispatched yet'
    case 'expired':
      return 'matched; its delivery is forgotten'
    case 'not_told':
      return 'matches now; nothing came of it'
    default:
      return refusalWords({ route, verdict })
  }
}

interface Times {
  readonly since: number
  readonly now: number
}

export function deliveryLines({ build, deliveries }: Explanation, times: Times): string[] {
  if (deliveries.length === 0) return ['DELIVERIES: none']
  const rows = deliveries.map((delivery) => [
    shortId(delivery, build),
    delivery.notifier,
    stateWords(delivery, times.now),
    timeSince(times.since, delivery.endedAt ?? delivery.dueAt ?? delivery.openedAt),
    whyWords(delivery, times.now),
  ])
  const [heading = '', ...lines] = fittedColumns(['EVENT', 'NOTIFIER', 'STATE', 'AT', 'WHY'], rows)
  const details = deliveries.map((delivery) => detailsOf(delivery, times))
  return ['DELIVERIES', heading, ...lines.flatMap((line, at) => [line, ...(details[at] ?? [])])]
}

function isQuiet({ state, notBefore = 0 }: Delivery, now: number): boolean {
  return state === 'pending' && notBefore > now
}

function whyWords(delivery: Delivery, now: number): string {
  return isQuiet(delivery, now) ? 'quiet hours' : (delivery.reason ?? '')
}

function detailsOf(delivery: Delivery, { since }: Times): string[] {
  const { detail, state } = delivery
  const all = triesOf(delivery)
  // That it was taken at the first try, its own line says.
  const tries = state === 'accepted' && all.length === 1 ? [] : all
  const isSaid = detail === undefined || tries.some(({ reason }) => reason === detail)
  return [
    ...tries.map((each) => fitted(`    ${timeSince(since, each.at)}  ${tryWords(each)}`)),
    ...(isSaid ? [] : [fitted(`    ${detail}`)]),
  ]
}

function tryWords({ result, reason }: DeliveryTry): string {
  if (result === 'no_end_known') return 'started, and no end is known'
  return reason === undefined ? result : `${result}: ${reason}`
}
