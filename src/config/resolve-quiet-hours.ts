import type { QuietHours } from '../domain/route.js'
import { parseSection, refuseValue } from './parse-section.js'
import { resolveWindow } from './resolve-windows.js'
import { type QuietHoursInput, quietHoursSchema } from './route-schema.js'
import type { Section } from './section.js'

const ENDLESS = /^\*( \*){4}$/
const NEVER_ENDS = '{} never ends; write when it is to be quiet, such as "* 22-6 * * *"'

/** `undefined` where there are none, and after they have been refused. */
export function resolveQuietHours(section: Section): QuietHours | undefined {
  const input = parseSection(section, quietHoursSchema)
  return input && quietHoursAt(section, input)
}

/** Of what the schema has let pass. */
export function quietHoursAt(
  section: Section,
  { then: instead, except }: QuietHoursInput,
): QuietHours | undefined {
  const window = resolveWindow(section)
  if (!window) return undefined
  if (ENDLESS.test(window.cron)) {
    refuseValue(section.at('schedule'), NEVER_ENDS)
    return undefined
  }
  return { ...window, instead, except: [...new Set(except)] }
}
