import { access } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { z } from 'zod'
import { findWatchlists, isPattern } from './find-watchlists.js'
import { unknownKeyText } from './issue-text.js'
import { openFile } from './open-file.js'
import { parseSection } from './parse-section.js'
import type { ReadingContext, Section } from './section.js'
import { MAX_PATTERN_LENGTH, SETTINGS_KEYS } from './settings-schema.js'

export interface OpenWatchlists {
  /** Of the files that could be read, in the order of the settings; a pattern's files sorted. */
  readonly roots: readonly Section[]
  /** All that were named or matched, as they are called in messages. */
  readonly files: readonly string[]
}

/** Opens what `watchlists` of the settings names. Patterns are relative to the settings file, and never match it itself. */
export async function openWatchlists(
  settingsFile: string,
  patterns: readonly Section[],
  context: ReadingContext,
): Promise<OpenWatchlists> {
  const files = await filesOf(settingsFile, patterns)
  const roots: Section[] = []
  for (const file of files) {
    const root = await openFile(file, context)
    if (root && isWatchlist(root, settingsFile)) roots.push(root)
  }
  return { roots, files }
}

/** Each file once, however many patterns match it. */
async function filesOf(settingsFile: string, patterns: readonly Section[]): Promise<string[]> {
  const files = new Map<string, string>()
  for (const pattern of patterns) {
    const found = await matching(dirname(settingsFile), pattern)
    for (const file of found) if (!files.has(resolve(file))) files.set(resolve(file), file)
  }
  files.delete(resolve(settingsFile))
  return [...files.values()]
}

/** Of a path without wildcards it can be said that its file is missing. */
async function matching(folder: string, pattern: Section): Promise<readonly string[]> {
  const { value } = pattern
  if (typeof value !== 'string' || value === '' || value.length > MAX_PATTERN_LENGTH) return []
  const { files, isComplete } = await findWatchlists(folder, value)
  if (!isComplete) {
    pattern.refuse('reaches into more than 1000 folders; name the folder of the watchlists more exactly')
  } else if (!isPattern(value) && !(await exists(files))) {
    pattern.refuse(
      `there is no file ${files.join()}; create it, or correct the path (relative to the settings file)`,
    )
    return []
  }
  return files
}

async function exists(paths: readonly string[]): Promise<boolean> {
  return Promise.all(paths.map((path) => access(path))).then(
    () => true,
    () => false,
  )
}

const formSchema = z.record(z.string(), z.unknown()).optional()

function isWatchlist(root: Section, settingsFile: string): boolean {
  if (parseSection(root, formSchema) === undefined && root.value !== undefined) return false
  for (const key of root.keys.filter((key) => key !== 'watches')) {
    root
      .at(key)
      .refuseKey(
        SETTINGS_KEYS.includes(key)
          ? `belongs to the settings; move it to ${settingsFile}`
          : unknownKeyText(key, ['watches']),
      )
  }
  return true
}
