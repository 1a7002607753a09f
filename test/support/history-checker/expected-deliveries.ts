import type { History, LoggedLine, TransitionLine } from './history.js'
import { recordedLines } from './recorded-lines.js'

/** The deliveries that the recorded transitions ask for. A line missing in the event log had the routes of its neighbours. */
export function expectedDeliveries(history: History): Set<string> {
  const logged = new Map(history.events.map((line) => [line.id, line]))
  const neighbours = new Map(history.events.map((line) => [line.build, line]))
  const lines = [...recordedLines(history).values()].flat()
  return new Set(
    lines.flatMap((line) => {
      const { routes = [] } = logged.get(line.id) ?? neighbours.get(line.build) ?? {}
      return notifiersOf(line, routes).map((notifier) => deliveryId(line.id, notifier))
    }),
  )
}

export function deliveryId(eventId: string, notifier: string): string {
  return `${eventId}->${notifier}`
}

function notifiersOf(line: TransitionLine, routes: LoggedLine['routes']): string[] {
  return [...new Set(routes.filter(({ on }) => on.some((word) => isMeant(word, line))).map(({ to }) => to))]
}

function isMeant(word: string, { concluded, seq, outcome }: TransitionLine): boolean {
  if (word === 'transitioned') return true
  if (word === 'concluded') return concluded
  return word === 'started' ? seq === 1 && !concluded : word === outcome
}
