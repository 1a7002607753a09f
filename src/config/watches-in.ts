/** The watches that stand in one file. */
import { z } from 'zod'
import type { PlacedWatch } from './check-watches.js'
import { unknownKeyText } from './issue-text.js'
import { parseSection } from './parse-section.js'
import { part } from './resolve-settings.js'
import { resolveWatch, type WatchDefaults } from './resolve-watch.js'
import type { Section } from './section.js'
import { SETTINGS_KEYS } from './settings-schema.js'

const listSchema = z.array(z.unknown()).optional()

/** Of a file of either kind. */
export function watchesIn(root: Section, defaults: WatchDefaults): PlacedWatch[] {
  const list = part(root, 'watches')
  const sections = (parseSection(list, listSchema) ?? []).map((_, index) => list.at(index))
  return sections.flatMap((section) => {
    const watch = resolveWatch(section, defaults)
    return watch ? [{ watch, section }] : []
  })
}

const formSchema = z.record(z.string(), z.unknown()).optional()

/** Of a file that may hold watches and nothing else. */
export function watchesInWatchlist(
  root: Section,
  { settingsFile, ...defaults }: WatchDefaults & { readonly settingsFile: string },
): PlacedWatch[] {
  if (parseSection(root, formSchema) === undefined) {
    // As a disk that was full leaves it, or half a copy; who means it says so.
    if (root.value === undefined && !root.broken)
      root.refuse('is empty; write watches: [] where nothing is to be watched')
    return []
  }
  for (const key of root.keys.filter((key) => key !== 'watches')) {
    root
      .at(key)
      .refuseKey(
        SETTINGS_KEYS.includes(key)
          ? `belongs to the settings; move it to ${settingsFile}`
          : unknownKeyText(key, ['watches']),
      )
  }
  return watchesIn(root, defaults)
}
