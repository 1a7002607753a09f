import type { ApiBuild } from '../domain/snapshot.js'
import { stateAt } from './status-walk.js'
import type { SimulatedBuild } from './world.js'

/** What an answer says of a build. Wider than the documented object, because faults bend it. */
export type ServedObject = Readonly<Record<string, unknown>> & { readonly id: string }

/** The build as the API shows it at `now`, or `back` states earlier; `undefined` before it is created. */
export function buildObject(build: SimulatedBuild, now: number, back = 0): ApiBuild | undefined {
  const state = stateAt(build.walk, now, back)
  if (!state) return undefined
  const { status, concluded, success, message = null, at } = state
  return {
    id: build.ref.build,
    branch: build.branch,
    pullRequestId: build.pullRequestId,
    ...(status === undefined ? {} : { status }),
    sha: build.sha,
    ...(status === 'SUCCESS' && success !== false ? { registry: { uri: imageOf(build) } } : {}),
    concluded,
    createdAt: new Date(build.createdAt).toISOString(),
    ...(success === undefined ? {} : { success }),
    message,
    // Seconds as documented, with a fraction: compressed builds last only a few of them.
    ...(concluded ? { buildConcludedAt: at / 1000 } : {}),
  }
}

function imageOf({ ref, sha }: SimulatedBuild): string {
  return `registry.simulator.invalid/${ref.project}/${ref.resource}:${sha.slice(0, 12)}`
}
