import { STUCK_RULES, type StuckRules } from '../domain/stuck.js'
import { isOutside, msAt } from './duration-at.js'
import { parseSection } from './parse-section.js'
import type { Section } from './section.js'
import { settingsParts } from './settings-schema.js'

const RANGE = [1000, 7 * 86_400_000] as const

/** When a build counts as stuck; `undefined` after it has been refused. */
export function resolveStuck(section: Section): StuckRules | undefined {
  const input = parseSection(section, settingsParts.stuck)
  const [atLeast, unschedulable] = [section.at('at_least'), section.at('unschedulable')]
  const atLeastMs = msAt(atLeast) ?? STUCK_RULES.atLeastMs
  const unschedulableMs = msAt(unschedulable) ?? STUCK_RULES.unschedulableMs
  const refused = [
    isOutside(atLeast, atLeastMs, RANGE),
    isOutside(unschedulable, unschedulableMs, RANGE),
  ].includes(true)
  return input && !refused ? { factor: input.factor, atLeastMs, unschedulableMs } : undefined
}
