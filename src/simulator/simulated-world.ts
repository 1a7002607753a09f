/** The simulated world in one hand: what tests, the demo and the admin path do with it. */
import { type BuildKey, type BuildRef, buildKey, resourceKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import type { Outcome } from '../domain/outcome.js'
import type { Clock } from '../domain/ports.js'
import type { Access, TokenFacts } from './access.js'
import { type BuildScript, type HistoryEntry, historyOf } from './build-script.js'
import { type RealBuild, realBuilds } from './durations.js'
import type { FaultRule, Faults } from './fault.js'
import { inventBuild } from './invent-build.js'
import type { ServedAnswer, World } from './world.js'

export interface NewBuild {
  readonly ref: BuildRef
  readonly outcome?: Outcome
  /** Simulated seconds; drawn from real builds when left out. */
  readonly durationS?: number | undefined
  readonly branch?: string | undefined
  readonly pullRequestId?: number | null | undefined
  /** Epoch ms; now when left out. */
  readonly createdAt?: number
}

export interface SimulatedWorld {
  addBuild(script: BuildScript): void
  /** Makes a build that begins now, on a realistic way to its outcome. */
  invent(build: NewBuild): BuildScript
  builds(): BuildScript[]
  /** The full status history of a build, its future included. */
  truth(key: BuildKey): HistoryEntry[] | undefined
  served(): readonly ServedAnswer[]
  /** Allowed requests in each window so far. */
  requests(account?: string): readonly number[]
  fault(rule: FaultRule): void
  clearFaults(): void
  /** Changes what a token may do; `undefined` revokes it. */
  setToken(token: string, facts: TokenFacts | undefined): void
}

export interface WorldParts {
  readonly world: World
  readonly access: Access
  readonly faults: Faults
  readonly clock: Clock
  readonly random: () => number
  readonly timeScale: number
}

export function createSimulatedWorld({
  world,
  access,
  faults,
  clock,
  random,
  timeScale,
}: WorldParts): SimulatedWorld {
  const drawn = drawer(random)
  return {
    addBuild: (script) => world.add(script),
    invent({ ref, outcome, durationS, branch, pullRequestId, createdAt = clock.now() }) {
      const real = drawn(ref)
      const durationMs = (durationS === undefined ? real.durationMs : durationS * 1000) / timeScale
      const script = inventBuild({
        ref,
        outcome: outcome ?? real.outcome,
        durationMs,
        createdAt,
        random,
        ...(branch === undefined ? {} : { branch }),
        ...(pullRequestId === undefined ? {} : { pullRequestId }),
      })
      world.add(script)
      return script
    },
    builds: () => world.scripts(),
    truth(key) {
      const script = world.scripts().find(({ ref }) => buildKey(ref) === key)
      return script && historyOf(script)
    },
    served: () => world.served,
    requests: (account = 'default') => access.window(account).counts,
    fault: (rule) => faults.add(rule),
    clearFaults: () => faults.clear(),
    setToken: (token, facts) => access.setToken(token, facts),
  }
}

/** Every job and service of the simulated world follows one real job, chosen by its name. */
function drawer(random: () => number): (ref: BuildRef) => RealBuild {
  const jobs = [...realBuilds().values()]
  return (ref) => {
    const builds = jobs[hashOf(resourceKey(ref)) % jobs.length] ?? []
    const build = builds[Math.floor(random() * builds.length)]
    if (!build) throw new BuildwatchdError('INTERNAL', 'the simulator has lost its durations')
    return build
  }
}

function hashOf(text: string): number {
  let hash = 7
  for (const octet of new TextEncoder().encode(text)) hash = (hash * 31 + octet) >>> 0
  return hash
}
