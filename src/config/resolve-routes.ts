import type { Route } from '../domain/route.js'
import type { Section } from './section.js'
import { suggestion } from './suggest.js'
import type { RoutesInput } from './values-schema.js'

/**
 * `input` is what the schema left of the section, if anything. `undefined` after it has been refused. `notifiers` are
 * the names in the settings, those of refused ones included.
 */
export function resolveRoutes(
  section: Section,
  input: RoutesInput | undefined,
  notifiers: readonly string[],
): readonly Route[] | undefined {
  if (refusesNotifiers(section, notifiers) || !input) return undefined
  return input.map((route) =>
    typeof route === 'string'
      ? { to: route, on: ['concluded'] }
      : { to: route.to, on: [...new Set(route.on)] },
  )
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
