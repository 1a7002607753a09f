import { type BuildEvent, isConcluded } from './event.js'
import { OUTCOMES, type Outcome } from './outcome.js'

/** Moments of a build: `started` = first seen not concluded, `transitioned` = every change, `concluded` = its end. */
const MOMENTS = ['started', 'transitioned', 'concluded'] as const
type Moment = (typeof MOMENTS)[number]

/** The words that `on` takes. */
export const TRIGGERS = [...OUTCOMES, ...MOMENTS] as const
export type Trigger = Outcome | Moment

/** A rule from events to one notifier. */
export interface Route {
  /** The notifier's name in the settings. */
  readonly to: string
  readonly on: readonly Trigger[]
}

export function routeMatches(route: Route, event: BuildEvent): boolean {
  return route.on.some((trigger) => triggers(trigger, event))
}

function triggers(trigger: Trigger, event: BuildEvent): boolean {
  switch (trigger) {
    case 'transitioned':
      return true
    case 'concluded':
      return isConcluded(event)
    case 'started':
      return event.data.seq === 1 && !isConcluded(event)
    default:
      return event.data.outcome === trigger
  }
}

/** The notifiers that an event goes to, each once, in the order of the routes. */
export function notifiersFor(event: BuildEvent, routes: readonly Route[]): string[] {
  return [...new Set(routes.filter((route) => routeMatches(route, event)).map((route) => route.to))]
}
