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
  return itemsOf(section)
    .map((item) => refusesNotifier(item, notifiers))
    .includes(true)
}

/** Of each route that is well-formed enough to be judged: where it names its notifier. */
function itemsOf(section: Section): Section[] {
  if (!Array.isArray(section.value)) return []
  return section.value.map((route: unknown, index) =>
    typeof route === 'string' ? section.at(index) : section.at(index, 'to'),
  )
}

function refusesNotifier(spot: Section, notifiers: readonly string[]): boolean {
  const name = spot.value
  if (typeof name !== 'string' || notifiers.includes(name) || !/^[a-z0-9-]+$/.test(name)) return false
  spot.refuse(`no notifier is called ${spot.source}; ${suggestion(name, notifiers)}`)
  return true
}
