import {
  type BuildEvent,
  CONCLUDED,
  DIGEST,
  RECOVERED,
  STUCK,
  TRANSITIONED,
  TROUBLED,
  type WatchEvent,
} from './event.js'
import { VERDICTS, type Verdict } from './line.js'
import { OUTCOMES, type Outcome } from './outcome.js'
import { TROUBLES, type Trouble } from './trouble.js'

/**
 * Moments of a build: `started` = first seen not concluded, `transitioned` = every change, `concluded` = its end, `stuck` =
 * far beyond what its job takes.
 */
const MOMENTS = ['started', 'transitioned', 'concluded', 'stuck'] as const
type Moment = (typeof MOMENTS)[number]

/** The watcher's own trouble, and its end. */
export const TROUBLE_TRIGGERS = [...TROUBLES, 'recovered'] as const

/** The words that `on` takes. */
export const TRIGGERS = [...OUTCOMES, ...VERDICTS, ...MOMENTS, ...TROUBLE_TRIGGERS] as const
export type Trigger = Outcome | Verdict | Moment | Trouble | 'recovered'

/** What `on` of a digest's own route holds; no watch can ask for it. */
export const DIGEST_TRIGGER = 'digest'

/** A rule from events to one notifier. */
export interface Route {
  /** The notifier's name in the settings. */
  readonly to: string
  readonly on: readonly (Trigger | typeof DIGEST_TRIGGER)[]
}

export function routeMatches(route: Route, event: WatchEvent): boolean {
  const words = wordsOf(event)
  return route.on.some((trigger) => words.has(trigger))
}

/** All triggers that an event answers to. */
function wordsOf(event: WatchEvent): ReadonlySet<string> {
  switch (event.type) {
    case TRANSITIONED:
    case CONCLUDED:
      return new Set(wordsOfBuild(event))
    case STUCK:
      return new Set(['stuck'])
    case TROUBLED:
      return new Set([event.data.trouble])
    case RECOVERED:
      return new Set(['recovered'])
    case DIGEST:
      return new Set([DIGEST_TRIGGER])
  }
}

function* wordsOfBuild({ type, data }: BuildEvent): Iterable<string> {
  yield 'transitioned'
  if (type === TRANSITIONED) {
    if (data.seq === 1) yield 'started'
    return
  }
  yield 'concluded'
  if (data.outcome !== undefined) yield data.outcome
  if (data.verdict !== undefined) yield data.verdict
  // A first build that fails breaks its line, too.
  if (data.verdict === 'first_failed') yield 'broke'
}

/** The notifiers that an event goes to, each once, in the order of the routes. */
export function notifiersFor(event: WatchEvent, routes: readonly Route[]): string[] {
  return [...new Set(routes.filter((route) => routeMatches(route, event)).map((route) => route.to))]
}
