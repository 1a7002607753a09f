import type { History, LoggedLine, Notice, TransitionLine } from './history.js'
import { recordedLines } from './recorded-lines.js'

type Told = Pick<History, 'events' | 'transitions' | 'notices'>

/** The deliveries that the recorded events ask for. A line missing in the event log had the routes of its neighbours. */
export function expectedDeliveries(history: Told): Set<string> {
  const logged = new Map(history.events.map((line) => [line.id, line]))
  const neighbours = new Map(history.events.map((line) => [line.build, line]))
  const lines = [...recordedLines(history).values()].flat()
  return new Set([
    ...lines.flatMap((line) => {
      const { routes = [] } = logged.get(line.id) ?? neighbours.get(line.build) ?? {}
      return deliveriesOf(line.id, routes, wordsOf(line, logged.get(line.id)?.verdict))
    }),
    ...history.notices.flatMap((notice) => deliveriesOf(notice.id, notice.routes, [wordOf(notice)])),
  ])
}

export function deliveryId(eventId: string, notifier: string): string {
  return `${eventId}->${notifier}`
}

function deliveriesOf(id: string, routes: LoggedLine['routes'], words: readonly string[]): string[] {
  const meant = routes.filter(({ on }) => on.some((word) => words.includes(word)))
  return [...new Set(meant.map(({ to }) => deliveryId(id, to)))]
}

function wordsOf({ concluded, seq, outcome }: TransitionLine, verdict: string | undefined): string[] {
  if (!concluded) return seq === 1 ? ['transitioned', 'started'] : ['transitioned']
  const verdicts =
    verdict === 'first_failed' ? ['first_failed', 'broke'] : verdict === undefined ? [] : [verdict]
  return ['transitioned', 'concluded', ...(outcome === undefined ? [] : [outcome]), ...verdicts]
}

function wordOf({ kind, trouble = '' }: Notice): string {
  return kind === 'troubled' ? trouble : kind
}
