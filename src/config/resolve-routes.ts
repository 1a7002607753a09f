import { FAILURE_TRIGGERS, type QuietHours, type Route } from '../domain/route.js'
import { quietHoursAt } from './resolve-quiet-hours.js'
import type { RouteInput } from './route-schema.js'
import type { Section } from './section.js'
import { suggestion } from './suggest.js'

export interface RouteDefaults {
  /** Names in the settings, those of refused ones included. */
  readonly notifiers: readonly string[]
  /** Of routes that set none of their own. */
  readonly quietHours: QuietHours | undefined
  /** What is wrong with a Liquid template, to follow it in a sentence; `undefined`: nothing is. */
  readonly checkTemplate?: (template: string) => string | undefined
}

/** `input` is what the schema left of the section, if anything. `undefined` after it has been refused. */
export function resolveRoutes(
  section: Section,
  input: readonly RouteInput[] | undefined,
  defaults: RouteDefaults,
): readonly Route[] | undefined {
  const { notifiers, quietHours } = defaults
  if (refusesNotifiers(section, notifiers) || !input) return undefined
  const routes = input.map((route, index) =>
    typeof route === 'string'
      ? { to: route, on: ['concluded'] as const, ...(quietHours && { quietHours }) }
      : resolveRoute(section.at(index), route, defaults),
  )
  const resolved = routes.flatMap((route) => route ?? [])
  return resolved.length < routes.length ? undefined : resolved
}

type RouteMap = Exclude<RouteInput, string>

function resolveRoute(section: Section, input: RouteMap, defaults: RouteDefaults): Route | undefined {
  const { to, on, branches, after, once_per: oncePer, template } = input
  const quiet = quietOf(section, input, defaults.quietHours)
  const isRefused = [refusesAfter(section, input), refusesTemplate(section, input, defaults)].includes(true)
  if (isRefused || !quiet) return undefined
  return {
    to,
    on: [...new Set(on)],
    ...(branches && { branches }),
    ...(after && { after }),
    ...(oncePer && { oncePer }),
    ...(template && { template }),
    ...quiet,
  }
}

/** `undefined` after they have been refused. */
function quietOf(
  section: Section,
  { quiet_hours: own }: RouteMap,
  byDefault: QuietHours | undefined,
): Pick<Route, 'quietHours'> | undefined {
  if (own === false) return {}
  if (own === undefined) return byDefault ? { quietHours: byDefault } : {}
  const quietHours = quietHoursAt(section.at('quiet_hours'), own)
  return quietHours && { quietHours }
}

function refusesTemplate(
  section: Section,
  { template }: RouteMap,
  { checkTemplate }: RouteDefaults,
): boolean {
  const fault = template === undefined ? undefined : checkTemplate?.(template)
  if (fault !== undefined) section.at('template').refuse(fault)
  return fault !== undefined
}

const COUNTED: ReadonlySet<string> = new Set([...FAILURE_TRIGGERS, 'fixed'])

function refusesAfter(section: Section, { on, after }: RouteMap): boolean {
  if (after === undefined || on.some((word) => COUNTED.has(word))) return false
  section
    .at('after')
    .refuseKey(
      'counts failures, and `on` asks for none; add a word such as broke or failure to `on`, or leave it out',
    )
  return true
}

/** Complains of each name that no notifier has; `section` is a list of routes or names. */
export function refusesNotifiers(section: Section, notifiers: readonly string[]): boolean {
  const routes: unknown[] = Array.isArray(section.value) ? section.value : []
  return routes
    .map((route, index) => !isKnown(route, notifiers) && refusesNotifier(spotOf(section, index), notifiers))
    .includes(true)
}

/** A section is opened only where there may be something to complain of: most routes are right, and there are many. */
function isKnown(route: unknown, notifiers: readonly string[]): boolean {
  const isMap = typeof route === 'object' && route !== null && 'to' in route
  const name = isMap ? route.to : route
  return typeof name === 'string' && notifiers.includes(name)
}

/** Where a route names its notifier. */
function spotOf(section: Section, index: number): Section {
  const route = section.at(index)
  return typeof route.value === 'string' ? route : route.at('to')
}

function refusesNotifier(spot: Section, notifiers: readonly string[]): boolean {
  const name = spot.value
  if (typeof name !== 'string' || !/^[a-z0-9-]+$/.test(name)) return false
  spot.refuse(`no notifier is called ${spot.source}; ${suggestion(name, notifiers)}`)
  return true
}
