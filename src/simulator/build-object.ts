import type { BuildScript, BuildState } from './build-script.js'
import type { FaultEffect } from './fault.js'

/** A build as the API shows it: `success`, `message` and the registry only from the end on. */
export function buildObject(script: BuildScript, state: BuildState): Record<string, unknown> {
  const { ref } = script
  const { concludedAt, success, message } = state
  const image = `registry.simulated.invalid/${ref.project}/${ref.resource}:${ref.build}`
  return {
    id: ref.build,
    branch: script.branch ?? 'main',
    status: state.status,
    ...(script.sha === undefined ? {} : { sha: script.sha }),
    concluded: state.concluded,
    createdAt: new Date(script.createdAt).toISOString(),
    pullRequestId: script.pullRequestId ?? null,
    ...(success === undefined ? {} : { success }),
    ...(message === undefined ? {} : { message }),
    ...(concludedAt === undefined ? {} : { buildConcludedAt: concludedAt / 1000 }),
    ...(state.status === 'SUCCESS' && success === true ? { registry: { uri: image } } : {}),
  }
}

/** The same build as a fault would have it. */
export function distorted(
  build: Record<string, unknown>,
  effect: FaultEffect,
  script: BuildScript,
): Record<string, unknown> {
  switch (effect.kind) {
    case 'contradiction':
      return { ...build, success: build['success'] !== true }
    case 'regression':
      return {
        id: build['id'],
        branch: build['branch'],
        status: script.steps[0]?.status ?? 'QUEUED',
        concluded: false,
      }
    case 'missing_fields':
      return Object.fromEntries(Object.entries(build).filter(([name]) => !effect.fields.includes(name)))
    case 'concluded_at':
      return { ...build, buildConcludedAt: otherUnit(build['buildConcludedAt'], effect.as) }
    default:
      return build
  }
}

function otherUnit(seconds: unknown, as: 'milliseconds' | 'nonsense' | 'text'): unknown {
  if (as === 'nonsense') return -1e300
  if (typeof seconds !== 'number') return seconds
  return as === 'milliseconds' ? seconds * 1000 : String(seconds)
}
