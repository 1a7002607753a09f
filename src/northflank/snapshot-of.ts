import type { BuildRef } from '../domain/build.js'
import { normaliseConcludedAt, normaliseCreatedAt } from '../domain/instant.js'
import type { ApiBuild, Snapshot } from '../domain/snapshot.js'

export interface Sighting {
  readonly ref: BuildRef
  readonly build: ApiBuild
  /** Epoch ms. */
  readonly observedAt: number
}

/**
 * The build as served, beside its instants where they can be read; an unreadable instant is left out, never fatal. What is seen
 * exists: a `createdAt` that lies ahead counts as now, or no later build of its line would count beside it.
 */
export function snapshotOf({ ref, build, observedAt }: Sighting): Snapshot {
  const createdAt = normaliseCreatedAt(build.createdAt)
  const concludedAt = normaliseConcludedAt(build.buildConcludedAt, observedAt)
  return {
    ref,
    build,
    observedAt,
    ...(createdAt === undefined ? {} : { createdAt: Math.min(createdAt, observedAt) }),
    ...(concludedAt === undefined ? {} : { concludedAt }),
  }
}
