/**
 * The watchlist files of a world, changed in all the ways in which people and machines change files, and what they asked
 * for at which time, worked out without the daemon's own loader.
 */
import { cp, mkdir, open, readlink, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { stringify } from 'yaml'
import type { Version, WatchTruth } from './history-checker/history.js'

/** One entry of a watchlist, as it is written. */
export interface WatchSource {
  readonly project: string
  readonly job?: string
  readonly service?: string
  readonly build?: string
  readonly branches?: readonly string[]
  readonly pull_requests?: boolean | 'only'
  readonly notify?: readonly unknown[]
  readonly min_interval?: string
  readonly max_interval?: string
}

/** What becomes of each file, by name: other watches, a text that is no good, or `undefined` when it goes. */
export type FileChanges = Readonly<Record<string, readonly WatchSource[] | string | undefined>>

/** How a file comes to hold another text; `undefined` removes it. */
export type WayOfChange = (path: string, text: string | undefined) => Promise<void>

const HALF_WRITTEN_MS = 100

/** As editors do. The other name matches no glob of watchlists. */
export const renamedOver: WayOfChange = async (path, text) => {
  if (text === undefined) return rm(path)
  const beside = join(dirname(path), `.${basename(path)}.new`)
  await writeFile(beside, text)
  await rename(beside, path)
}

export const writtenInPlace: WayOfChange = async (path, text) =>
  text === undefined ? rm(path) : writeFile(path, text)

/** The first half stands there for a while. */
export const writtenInHalves: WayOfChange = async (path, text) => {
  if (text === undefined) return rm(path)
  const file = await open(path, 'w')
  const half = Math.floor(text.length / 2)
  await file.write(text.slice(0, half))
  await after(HALF_WRITTEN_MS)
  await file.write(text.slice(half))
  await file.close()
}

export const deletedAndCreated: WayOfChange = async (path, text) => {
  await rm(path)
  await after(HALF_WRITTEN_MS)
  if (text !== undefined) await writeFile(path, text)
}

/**
 * As a mounted ConfigMap: the file is a link to `..data/<name>`, `..data` a link to a folder with all files that came so, and
 * only that is replaced.
 */
export const linkSwapped: WayOfChange = async (path, text) => {
  const [dir, name] = [dirname(path), basename(path)]
  const data = join(dir, '..data')
  const version = `..${process.hrtime.bigint()}`
  const before = await readlink(data).catch(() => undefined)
  if (before === undefined) await mkdir(join(dir, version))
  else await cp(join(dir, before), join(dir, version), { recursive: true })
  if (text === undefined) await rm(join(dir, version, name), { force: true })
  else await writeFile(join(dir, version, name), text)
  await symlink(version, `${data}_tmp`)
  await rename(`${data}_tmp`, data)
  if (text === undefined) await rm(path)
  else if (!(await isLink(path))) await renameOverLink(path, join('..data', name))
  if (before !== undefined) await rm(join(dir, before), { recursive: true })
}

async function isLink(path: string): Promise<boolean> {
  return readlink(path).then(
    () => true,
    () => false,
  )
}

async function renameOverLink(path: string, target: string): Promise<void> {
  await symlink(target, `${path}.link`)
  await rename(`${path}.link`, path)
}

export interface Watchlists {
  readonly versions: readonly Version[]
  /** What the newest valid text of each file asks for. */
  watches(): WatchTruth[]
  change(changes: FileChanges, way: WayOfChange): Promise<void>
  /** What the files ask for came into force between `from` and `until`. */
  cameIntoForce(span: { readonly from: number; readonly until: number }): void
}

export interface WatchlistsOptions {
  readonly dir: string
  readonly lists: Readonly<Record<string, readonly WatchSource[]>>
  readonly minInterval: string
}

/** Writes the files. */
export async function createWatchlists({ dir, lists, minInterval }: WatchlistsOptions): Promise<Watchlists> {
  const good = new Map<string, readonly WatchSource[]>()
  const versions: Version[] = []

  async function change(changes: FileChanges, way: WayOfChange): Promise<void> {
    for (const [name, content] of Object.entries(changes)) {
      await way(join(dir, `${name}.yaml`), typeof content === 'object' ? textOf(content) : content)
      // A bad text leaves the last good one standing.
      if (content === undefined) good.delete(name)
      else if (typeof content !== 'string') good.set(name, content)
    }
  }

  function watches(): WatchTruth[] {
    const names = [...good.keys()].sort()
    return names.flatMap((name) => (good.get(name) ?? []).map((source) => truthOf(source, minInterval)))
  }

  await mkdir(dir, { recursive: true })
  await change(lists, writtenInPlace)
  const now = Date.now()
  versions.push({ from: now, until: now, watches: watches() })
  return {
    versions,
    watches,
    change,
    cameIntoForce({ from, until }) {
      if (JSON.stringify(versions.at(-1)?.watches) === JSON.stringify(watches())) return
      versions.push({ from, until, watches: watches() })
    },
  }
}

/** Without aliases, which watchlists may not hold. */
function textOf(watches: readonly WatchSource[]): string {
  return stringify({ watches }, { aliasDuplicateObjects: false })
}

const PULL_REQUESTS = { true: 'with', false: 'without', only: 'only' } as const

function truthOf(source: WatchSource, minInterval: string): WatchTruth {
  const { project, job, service = '', build, branches = [], pull_requests = true } = source
  const resource = job === undefined ? `${project}/services/${service}` : `${project}/jobs/${job}`
  return {
    resource,
    branches,
    pullRequests: PULL_REQUESTS[`${pull_requests}`],
    minIntervalMs: milliseconds(source.min_interval ?? minInterval),
    ...(build === undefined ? {} : { build: `${resource}/${build}` }),
  }
}

function milliseconds(duration: string): number {
  const [, number = '', unit = ''] = /^(\d+)(ms|s|m)$/.exec(duration) ?? []
  return Number(number) * ({ ms: 1, s: 1000, m: 60_000 }[unit] ?? Number.NaN)
}
