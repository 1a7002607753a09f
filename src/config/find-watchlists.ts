/**
 * Patterns of watchlists to files. Only `*`, `?` and `**` are special, so that a path with brackets is a path. Names
 * that start with a dot are met only by a pattern that says so: a mounted Kubernetes ConfigMap keeps its versions in
 * such folders and links to them, so that each file would be found twice.
 */
import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'

const MAX_FOLDERS = 1000

export interface FoundWatchlists {
  /** Sorted, each once. */
  readonly files: readonly string[]
  /** False where so many folders had to be read that the search was given up. */
  readonly isComplete: boolean
}

/** A path without wildcards is answered as it is, whether it exists or not; a pattern may match nothing. */
export async function findWatchlists(folder: string, pattern: string): Promise<FoundWatchlists> {
  const start = isAbsolute(pattern) ? '/' : folder
  if (!isPattern(pattern)) return { files: [join(start, pattern)], isComplete: true }
  const search = { budget: MAX_FOLDERS }
  const found = await matches(start, segmentsOf(pattern), search)
  return { files: [...new Set(found)].sort(), isComplete: search.budget >= 0 }
}

export function isPattern(text: string): boolean {
  return /[*?]/.test(text)
}

/** `**` after `**` means nothing more than the first. */
function segmentsOf(pattern: string): string[] {
  return pattern
    .split('/')
    .filter((segment, index, all) => segment !== '' && !(segment === '**' && all[index - 1] === '**'))
}

interface Search {
  /** Folders that may still be read; below zero once one more was wanted. */
  budget: number
}

async function matches(path: string, segments: readonly string[], search: Search): Promise<string[]> {
  const [segment, ...rest] = segments
  if (segment === undefined) return (await isFile(path)) ? [path] : []
  if (segment === '**') return anyDepth(path, rest, search)
  if (!isPattern(segment)) return matches(join(path, segment), rest, search)
  const names = (await entriesOf(path, search)).map(({ name }) => name).filter((name) => suits(name, segment))
  return inSequence(names, (name) => matches(join(path, name), rest, search))
}

/** Links are not followed: one may lead back up. */
async function anyDepth(path: string, rest: readonly string[], search: Search): Promise<string[]> {
  const here = await matches(path, rest, search)
  const entries = await entriesOf(path, search)
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
  const below = await inSequence(folders, ({ name }) => anyDepth(join(path, name), rest, search))
  return [...here, ...below]
}

async function inSequence<Item>(
  items: readonly Item[],
  find: (item: Item) => Promise<string[]>,
): Promise<string[]> {
  const found: string[][] = []
  for (const item of items) found.push(await find(item))
  return found.flat()
}

/** Whether a name of one file or folder matches one segment of a pattern. */
export function suits(name: string, pattern: string): boolean {
  return (!name.startsWith('.') || pattern.startsWith('.')) && matchesWildcards(name, pattern)
}

/** Goes back to the last `*` only, so that no pattern takes longer than its length times the name's. */
function matchesWildcards(name: string, pattern: string): boolean {
  let at = 0
  let star = -1
  let starAt = 0
  for (let index = 0; index < name.length; ) {
    if (pattern[at] === '*') {
      star = at++
      starAt = index
    } else if (pattern[at] === '?' || pattern[at] === name[index]) {
      at++
      index++
    } else if (star === -1) {
      return false
    } else {
      at = star + 1
      index = ++starAt
    }
  }
  return /^\**$/.test(pattern.slice(at))
}

async function entriesOf(path: string, search: Search) {
  if (search.budget-- <= 0) return []
  return readdir(path, { withFileTypes: true }).catch(() => [])
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  )
}
