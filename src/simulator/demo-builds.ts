import type { BuildRef } from '../domain/build.js'
import type { Outcome } from '../domain/outcome.js'
import type { SimulatedWorld } from './simulated-world.js'

/** The word in the build's id, such as `demo-failure-1`, that says how it will end. */
const ENDS: Readonly<Record<string, Outcome>> = {
  success: 'success',
  failure: 'failure',
  crashed: 'crashed',
  aborted: 'aborted',
  submission: 'submission_failure',
}

const FIRST_ENDS_AFTER_MS = 4000
const LAST_ENDS_AFTER_MS = 11_000

/** Makes a build for each ref; their ends are spread over a few seconds, so that the log can be read as it grows. */
export function addDemoBuilds(world: SimulatedWorld, refs: readonly BuildRef[], timeScale: number): void {
  const stepMs = (LAST_ENDS_AFTER_MS - FIRST_ENDS_AFTER_MS) / Math.max(1, refs.length - 1)
  for (const [at, ref] of refs.entries()) {
    const realMs = FIRST_ENDS_AFTER_MS + at * stepMs
    world.invent({ ref, outcome: outcomeNamed(ref.build), durationS: (realMs * timeScale) / 1000 })
  }
}

function outcomeNamed(build: string): Outcome {
  const word = build.split('-')[1] ?? ''
  return ENDS[word] ?? 'success'
}
