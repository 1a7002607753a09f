import type { JudgedRoute, RouteGroup, RouteTest } from '../app/route-test.js'
import { columns } from './columns.js'
import { refusalWords } from './route-words.js'

const DAY_MS = 86_400_000

export function routeTestTables({ event, at, isCovered, groups, withoutSilences }: RouteTest): string {
  const notCovered = isCovered ? [] : ['no watch wants it: nothing is told. If one without a notify did:']
  const unknown = withoutSilences === undefined ? [] : ['', `silences are not known: ${withoutSilences}`]
  const lines = [
    `EVENT ${event.id}`,
    ...notCovered,
    ...groups.flatMap((group) => ['', ...groupLines(group, at)]),
    ...(isCovered ? ['', ...deliveryLines(groups, at)] : []),
    ...unknown,
  ]
  return `${lines.join('\n')}\n`
}

function groupLines({ of, byDefault, routes }: RouteGroup, at: number): string[] {
  const heading = `${isOwnName(of) ? of.toUpperCase() : `WATCH ${of}`}${byDefault && !isOwnName(of) ? ', routes by default' : ''}`
  if (routes.length === 0) return [`${heading}: tells nobody`]
  const rows = routes.map((judged) => [judged.route.to, judged.route.on.join(' '), whatOf(judged, at)])
  return [heading, ...indented(['TO', 'ON', 'BECOMES'], rows)]
}

function isOwnName(of: string): boolean {
  return of === 'routes by default' || of === 'digest' || of.startsWith('accounts/')
}

function deliveryLines(groups: readonly RouteGroup[], at: number): string[] {
  const made = groups.flatMap(({ routes }) => routes.filter(({ plan }) => plan !== undefined))
  if (made.length === 0) return ['DELIVERIES: none']
  const rows = made.map((judged) => [judged.route.to, whatOf(judged, at), onceWords(judged)])
  return ['DELIVERIES', ...indented(['TO', 'BECOMES', 'ONCE'], rows)]
}

/** Whether it was told before, only the daemon knows. */
function onceWords({ plan, route: { oncePer } }: JudgedRoute): string {
  if (plan?.delivery.once === undefined) return ''
  return oncePer === 'build' ? 'per build' : 'per row of equal results'
}

/** What comes of a route, or why nothing does. */
export function whatOf(judged: JudgedRoute, at: number): string {
  const { route, plan } = judged
  if (!plan) return refusalWords(judged)
  if (plan.silence) return `silenced (${plan.silence.id}: ${plan.silence.reason})`
  if (plan.quiet.kind === 'no') return 'told at once'
  const until = timeIn(plan.quiet.until, at, route.quietHours?.timezone ?? 'UTC')
  return plan.quiet.kind === 'drop' ? `dropped: quiet until ${until}` : `told later: quiet until ${until}`
}

/** `07:00 Europe/Berlin`, with the date where it is not within a day. */
function timeIn(until: number, now: number, timeZone: string): string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' })
  const [date = '', time = ''] = format.format(until).split(' ')
  return `${until - now < DAY_MS ? '' : `${date} `}${time} ${timeZone}`
}

function indented(names: readonly string[], rows: readonly (readonly string[])[]): string[] {
  return columns(names, rows).map((line) => `  ${line}`)
}
