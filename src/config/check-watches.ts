/** What only shows when all watches of all files are seen together. */
import { buildKey, type ResourceRef, resourceKey } from '../domain/build.js'
import { VERDICTS } from '../domain/line.js'
import { type BuildWatch, type FeedWatch, interestId, type Watch } from '../domain/target.js'
import type { Section } from './section.js'

export interface PlacedWatch {
  readonly watch: Watch
  readonly section: Section
}

export interface Complaint {
  readonly kind: 'refuse' | 'warn'
  readonly section: Section
  /** "what is wrong; what would be right". */
  readonly text: string
}

/** Of two watches that do not go together, the later one is complained of. */
export function checkWatches(watches: readonly PlacedWatch[]): Complaint[] {
  const complaints: Complaint[] = []
  const resources = new Map<string, Resource>()
  const styles = new Map<string, PlacedWatch>()
  const hasTeams = watches.some(({ watch }) => watch.ref.team !== undefined)
  for (const placed of watches) {
    complaints.push(...checkAgainstOthers(resourceOf(resources, placed.watch.ref), placed))
    if (hasTeams) complaints.push(...checkPathStyle(styles, placed))
  }
  // Where a feed shows the builds before it, a verdict on a single build means something.
  const verdictsOnly = watches.filter(tellsVerdictsOnly)
  const feedless = verdictsOnly.filter(({ watch }) => !resourceOf(resources, watch.ref).feed)
  return [...complaints, ...feedless.map(withoutLine)]
}

/** The first watches of one job or service. */
interface Resource {
  feed?: PlacedWatch
  /** By interest. */
  readonly feeds: Map<string, PlacedWatch>
  /** By id. */
  readonly builds: Map<string, PlacedWatch>
}

function resourceOf(resources: Map<string, Resource>, ref: ResourceRef): Resource {
  const key = resourceKey(ref)
  const known = resources.get(key)
  if (known) return known
  const resource = { feeds: new Map(), builds: new Map() }
  resources.set(key, resource)
  return resource
}

function checkAgainstOthers(resource: Resource, placed: PlacedWatch): Complaint[] {
  const { watch } = placed
  return watch.kind === 'feed' ? checkFeed(resource, watch, placed) : checkBuild(resource, watch, placed)
}

function checkFeed(resource: Resource, watch: FeedWatch, placed: PlacedWatch): Complaint[] {
  const others = [resource.feed, ...resource.builds.values()]
  const interest = interestId(watch)
  const same = resource.feeds.get(interest)
  resource.feed ??= placed
  if (!same) resource.feeds.set(interest, placed)
  return differentAccount(others, placed) ?? (same ? [merged(same, placed)] : [])
}

function checkBuild(resource: Resource, { ref }: BuildWatch, placed: PlacedWatch): Complaint[] {
  const same = resource.builds.get(ref.build)
  if (!same) resource.builds.set(ref.build, placed)
  return differentAccount([same, resource.feed], placed) ?? (same ? [merged(same, placed)] : [])
}

/** Both would write the same records, each at the pace of its own budget. */
function differentAccount(others: readonly (PlacedWatch | undefined)[], { watch, section }: PlacedWatch) {
  const other = others.find((other) => other && other.watch.account !== watch.account)
  if (!other) return undefined
  const { account } = other.watch
  const text = `${nameOf(other.watch)} is already watched through the account ${account} at ${other.section.place}; watch it through one account`
  return [{ kind: 'refuse' as const, section, text }]
}

function merged(first: PlacedWatch, { watch, section }: PlacedWatch): Complaint {
  const [what, more] =
    watch.kind === 'feed'
      ? [`${nameOf(watch)} with this filter`, ', the longest catch_up']
      : [nameOf(watch), '']
  const text = `${what} is already watched at ${first.section.place}; the two are merged: all routes, the tightest intervals${more}`
  return { kind: 'warn', section, text }
}

function nameOf(watch: Watch): string {
  return watch.kind === 'feed' ? `every build of ${resourceKey(watch.ref)}` : buildKey(watch.ref)
}

/** Northflank serves a project of a team under two paths. Watched by both, one build would be two and be told twice. */
function checkPathStyle(styles: Map<string, PlacedWatch>, placed: PlacedWatch): Complaint[] {
  const { watch, section } = placed
  const { team, project, kind, resource } = watch.ref
  const key = resourceKey({ project, kind, resource })
  const first = styles.get(key) ?? placed
  styles.set(key, first)
  if ((first.watch.ref.team === undefined) === (team === undefined)) return []
  const text = `${resourceKey(watch.ref)} is also watched ${team === undefined ? 'with' : 'without'} a team at ${first.section.place}; if it is one and the same, write it one way, or its builds are told twice`
  return [{ kind: 'warn', section, text }]
}

const VERDICT_WORDS: ReadonlySet<string> = new Set(VERDICTS)

function tellsVerdictsOnly({ watch: { routes } }: PlacedWatch): boolean {
  return routes.length > 0 && routes.every(({ on }) => on.every((word) => VERDICT_WORDS.has(word)))
}

function withoutLine({ section }: PlacedWatch): Complaint {
  const text =
    'tells verdicts only, and they compare a build with those before it, which a watch of one build does not see; add concluded to `on`, or take `build` out to watch every build'
  return { kind: 'warn', section: section.has('notify') ? section.at('notify') : section, text }
}
