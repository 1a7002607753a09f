/**
 * Patterns of watchlists to files. Only `*`, `?` and `**` are special, so that a path with brackets is a path. Names that start with
 * a dot are met only by a pattern that says so: a mounted Kubernetes ConfigMap keeps its versions in such folders and links to
 * them, so that each file would be found twice.
 */
import { readdir, stat } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'

const MAX_FOLDERS = 1000

/** The files that match, sorted. A plain path is answered as it is, whether it exists or not; a pattern may match nothing. */
export async function findWatchlists(folder: string, pattern: string): Promise<string[]> {
  const start = isAbsolute(pattern) ? '/' : folder
  if (!isPattern(pattern)) return [join(start, pattern)]
  const found = await matches(start, pattern.split('/').filter(Boolean), { budget: MAX_FOLDERS })
  return [...new Set(found)].sort()
}

export function isPattern(text: string): boolean {
  return /[*?]/.test(text)
}

interface Search {
  /** Folders that may still be read: `/**` should end. */
  budget: number
}

async function matches(path: string, segments: readonly string[], search: Search): Promise<string[]> {
  const [segment, ...rest] = segments
  if (segment === undefined) return (await isFile(path)) ? [path] : []
  if (segment === '**') return anyDepth(path, rest, search)
  if (!isPattern(segment)) return matches(join(path, segment), rest, search)
  const names = (await namesIn(path, search)).filter((name) => matchesName(name, segment))
  return inSequence(names, (name) => matches(join(path, name), rest, search))
}

async function anyDepth(path: string, rest: readonly string[], search: Search): Promise<string[]> {
  const here = await matches(path, rest, search)
  const folders = await foldersIn(path, search)
  const below = await inSequence(folders, (name) => anyDepth(join(path, name), rest, search))
  return [...here, ...below]
}

async function inSequence(
  names: readonly string[],
  find: (name: string) => Promise<string[]>,
): Promise<string[]> {
  const found: string[] = []
  for (const name of names) found.push(...(await find(name)))
  return found
}

function matchesName(name: string, pattern: string): boolean {
  if (name.startsWith('.') && !pattern.startsWith('.')) return false
  const source = pattern
    .replace(/[\\^$.+()[\]{}|]/g, '\\$&')
    .replace(/\*+/g, '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${source}$`, 'su').test(name)
}

async function namesIn(path: string, search: Search): Promise<string[]> {
  if (search.budget-- <= 0) return []
  return readdir(path).catch(() => [])
}

/** Links are not followed: one may lead back up. */
async function foldersIn(path: string, search: Search): Promise<string[]> {
  if (search.budget-- <= 0) return []
  const entries = await readdir(path, { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
    .map((entry) => entry.name)
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (stats) => stats.isFile(),
    () => false,
  )
}
