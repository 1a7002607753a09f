/** The files that `watchlists` of the settings names. */
import { access } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { findWatchlists, isPattern } from './find-watchlists.js'
import type { Section } from './section.js'
import { MAX_PATTERN_LENGTH } from './settings-schema.js'

/**
 * As they are called in messages, in the order of the settings, a pattern's files sorted. Patterns are relative to the settings
 * file, and never match it itself. Complains of a path without wildcards that does not exist, unless it `mayBeMissing`.
 */
export async function nameWatchlists(
  settingsFile: string,
  patterns: readonly Section[],
  mayBeMissing: (path: string) => boolean,
): Promise<string[]> {
  const found: string[] = []
  for (const pattern of patterns) {
    const { files, isComplete } = await matching(settingsFile, pattern.value)
    if (!isComplete) {
      pattern.refuse('reaches into more than 1000 folders; name the folder of the watchlists more exactly')
    } else if (isPath(pattern.value) && !files.every(mayBeMissing) && !(await exist(files))) {
      pattern.refuse(
        `there is no file ${files.join()}; create it, or correct the path (relative to the settings file)`,
      )
    } else {
      found.push(...files)
    }
  }
  return eachOnce(settingsFile, found)
}

/** The same for patterns that are good, whether or not the paths among them exist. */
export async function watchlistsNamed(settingsFile: string, patterns: readonly unknown[]): Promise<string[]> {
  const found: string[] = []
  for (const pattern of patterns) found.push(...(await matching(settingsFile, pattern)).files)
  return eachOnce(settingsFile, found)
}

async function matching(settingsFile: string, pattern: unknown) {
  if (typeof pattern !== 'string' || pattern === '' || pattern.length > MAX_PATTERN_LENGTH)
    return { files: [], isComplete: true }
  return findWatchlists(dirname(settingsFile), pattern)
}

/** However many patterns match it. */
function eachOnce(settingsFile: string, found: readonly string[]): string[] {
  const files = new Map<string, string>()
  for (const file of found) if (!files.has(resolve(file))) files.set(resolve(file), file)
  files.delete(resolve(settingsFile))
  return [...files.values()]
}

function isPath(pattern: unknown): boolean {
  return typeof pattern === 'string' && !isPattern(pattern)
}

async function exist(paths: readonly string[]): Promise<boolean> {
  return Promise.all(paths.map((path) => access(path))).then(
    () => true,
    () => false,
  )
}
