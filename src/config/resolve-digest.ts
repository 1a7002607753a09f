import { DIGEST_TRIGGER } from '../domain/route.js'
import type { DigestSettings } from './configuration.js'
import { parseSection } from './parse-section.js'
import { refusesNotifiers } from './resolve-routes.js'
import { resolveWindow } from './resolve-windows.js'
import type { Section } from './section.js'
import { DEFAULT_DIGEST_CRON, settingsParts } from './settings-schema.js'

/** `undefined` where there is none, and after it has been refused. */
export function resolveDigest(section: Section, notifiers: readonly string[]): DigestSettings | undefined {
  const input = parseSection(section, settingsParts.digest)
  if (!section.isMap) return undefined
  const window = resolveWindow(section, DEFAULT_DIGEST_CRON)
  if (refusesNotifiers(section.at('notify'), notifiers) || !input || !window) return undefined
  const routes = [...new Set(input.notify)].map((to) => ({ to, on: [DIGEST_TRIGGER] as const }))
  return { ...window, routes }
}
