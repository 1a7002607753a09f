/** What only shows when all watches of all files are seen together. */
import { type BuildRef, buildKey, resourceKey } from '../domain/build.js'
import type { Watch } from '../domain/target.js'
import type { Section } from './section.js'

export interface PlacedWatch {
  readonly watch: Watch
  readonly section: Section
}

export function checkWatches(watches: readonly PlacedWatch[]): void {
  const builds = new Map<string, PlacedWatch>()
  const resources = new Map<string, PlacedWatch>()
  for (const placed of watches) {
    checkBuild(builds, placed)
    checkPathStyle(resources, placed)
  }
}

function checkBuild(builds: Map<string, PlacedWatch>, placed: PlacedWatch): void {
  const { watch, section } = placed
  const key = buildKey(watch.ref)
  const first = builds.get(key)
  if (!first) {
    builds.set(key, placed)
  } else if (first.watch.account === watch.account) {
    section.warn(
      `${key} is already watched at ${first.section.place}; the two are merged: all routes, the tightest intervals`,
    )
  } else {
    section.refuse(
      `${key} is already watched through the account ${first.watch.account} at ${first.section.place}; watch it through one account`,
    )
  }
}

/** Northflank serves a project of a team under two paths. Watched by both, one build would be two and be told twice. */
function checkPathStyle(resources: Map<string, PlacedWatch>, placed: PlacedWatch): void {
  const { ref } = placed.watch
  const first = resources.get(withoutTeam(ref))
  if (!first) {
    resources.set(withoutTeam(ref), placed)
  } else if ((first.watch.ref.team === undefined) !== (ref.team === undefined)) {
    placed.section.warn(
      `${resourceKey(ref)} is also watched ${ref.team === undefined ? 'with' : 'without'} a team at ${first.section.place}; if it is one and the same, write it one way, or its builds are told twice`,
    )
  }
}

function withoutTeam({ project, kind, resource }: BuildRef): string {
  return resourceKey({ project, kind, resource })
}
