/**
 * Watchlists to watches. A watchlist that is bad, alone or together with others, may have its last good text standing in for
 * it, so that a mistake in one does not take the others with it; where there is none, or that does not go any more either, it is
 * left out. What is bad is sought again until nothing is: a text that stands in may be at odds with what is new elsewhere.
 */
import { resolve } from 'node:path'
import { type Complaint, checkWatches, type PlacedWatch } from './check-watches.js'
import type { BadFile } from './configuration.js'
import type { Environment } from './interpolate.js'
import { openText } from './open-text.js'
import type { Problem } from './problem.js'
import { type ReadText, readText } from './read-text.js'
import type { Findings, Section } from './section.js'

interface Watchlist {
  /** As it is called in messages. */
  readonly name: string
  /** Absolute. */
  readonly path: string
  readonly text: string
  /** The text is that of the file, or its last good one. */
  readonly standing: 'current' | 'kept'
  readonly findings: Findings
  readonly watches: readonly PlacedWatch[]
}

export interface WatchlistContext {
  readonly env: Environment
  /** By absolute path. Absent: nothing stands in for anything, and all that is wrong is told of all files. */
  readonly lastGood: ReadonlyMap<string, string> | undefined
  readonly settingsFile: string
  /** The watches in the settings file. */
  readonly own: readonly PlacedWatch[]
  readonly watchesIn: (root: Section) => PlacedWatch[]
}

export interface LoadedWatchlists {
  /** In the order of the files, without those that are left out. */
  readonly inForce: readonly Watchlist[]
  /** What is wrong with files as they are. */
  readonly problems: readonly Problem[]
  readonly badFiles: ReadonlyMap<string, BadFile>
}

export async function loadWatchlists(
  files: readonly string[],
  context: WatchlistContext,
): Promise<LoadedWatchlists> {
  const problems: Problem[] = []
  const badFiles = new Map<string, BadFile>()
  let inForce: Watchlist[] = []
  for (const name of files) inForce.push(await open(name, await readText(name), context))
  for (;;) {
    complain(inForce, context)
    const bad = inForce.filter((list) => !isGood(list))
    problems.push(
      ...bad.flatMap(({ standing, findings }) => (standing === 'current' ? findings.problems : [])),
    )
    if (bad.length === 0 || !context.lastGood) return { inForce, problems, badFiles }
    const next: Watchlist[] = []
    for (const list of inForce) {
      const standIn = isGood(list) ? list : await standInFor(list, context)
      if (standIn) next.push(standIn)
      if (standIn !== list) badFiles.set(list.path, standIn ? 'kept' : 'left_out')
    }
    inForce = next
  }
}

async function open(name: string, read: ReadText, context: WatchlistContext): Promise<Watchlist> {
  const findings: Findings = { problems: [], warnings: [] }
  const root = await openText({ name, ...read }, { env: context.env, findings })
  const watches = root ? context.watchesIn(root) : []
  return { name, path: resolve(name), text: read.text, standing: 'current', findings, watches }
}

function isGood({ findings }: Watchlist): boolean {
  return findings.problems.length === 0
}

async function standInFor(list: Watchlist, context: WatchlistContext): Promise<Watchlist | undefined> {
  const text = context.lastGood?.get(list.path)
  // One that stands in already has this very text.
  if (text === undefined || text === list.text) return undefined
  return { ...(await open(list.name, { text }, context)), standing: 'kept' }
}

/**
 * What is wrong with the files together. Where a file may be left out for it, those that are bad by themselves do not count,
 * and those that have not changed come first: it is the newcomer that is complained of.
 */
function complain(inForce: readonly Watchlist[], { lastGood, own, settingsFile }: WatchlistContext): void {
  const counting = lastGood ? unchangedFirst(inForce.filter(isGood), lastGood) : inForce
  const complaints = checkWatches([...own, ...counting.flatMap(({ watches }) => watches)])
  const blamesWatchlist = ({ kind, section }: Complaint) => kind === 'refuse' && section.file !== settingsFile
  // Warnings, and what is wrong with the settings file, would be told again after each of the others.
  const isLast = !lastGood || (inForce.every(isGood) && !complaints.some(blamesWatchlist))
  for (const each of complaints) if (isLast || blamesWatchlist(each)) tell(each)
}

function tell({ kind, section, text }: Complaint): void {
  if (kind === 'refuse') section.refuse(text)
  else section.warn(text)
}

function unchangedFirst(lists: readonly Watchlist[], lastGood: ReadonlyMap<string, string>): Watchlist[] {
  const isUnchanged = ({ path, text }: Watchlist) => lastGood.get(path) === text
  return [...lists.filter(isUnchanged), ...lists.filter((list) => !isUnchanged(list))]
}
