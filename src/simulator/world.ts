/**
 * All builds there are, and were, and will be. The world holds plans only; what a build looks like is worked out when
 * somebody asks (`status-walk.ts`), so ten thousand of them cost nothing while nobody looks.
 */
import { type BuildKey, type BuildRef, buildKey, type ResourceRef, resourceKey } from '../domain/build.js'
import { BuildwatchdError } from '../domain/errors.js'
import { type Outcome, outcomeOf } from '../domain/outcome.js'
import type { Clock, Random } from '../domain/ports.js'
import { createRandom } from '../domain/seeded-random.js'
import type { BuildScript } from './build-script.js'
import { tracedJobs } from './build-traces.js'
import { pickOne } from './pick-one.js'
import { planWalk } from './plan-walk.js'
import type { StatusWalk } from './status-walk.js'

export interface SimulatedBuild {
  /** 1..n in the order of addition. */
  readonly number: number
  readonly key: BuildKey
  readonly ref: BuildRef
  /** Epoch ms on the real clock, as all instants of the simulator; before it the build does not exist. */
  readonly createdAt: number
  readonly concludedAt: number
  readonly outcome: Outcome
  readonly walk: StatusWalk
  readonly branch: string
  readonly sha: string
  readonly pullRequestId: number | null
  readonly log?: readonly string[] | undefined
}

export interface World {
  /** Throws USAGE when the key is taken or a duration is none. */
  add(script: BuildScript): SimulatedBuild
  /** All of them, or none. Throws USAGE as {@link World.add} does. */
  addAll(scripts: readonly BuildScript[]): SimulatedBuild[]
  find(key: BuildKey): SimulatedBuild | undefined
  all(): SimulatedBuild[]
  /** Newest first, those to come included; `undefined` for a job or service that has none. */
  ofResource(key: string): readonly SimulatedBuild[] | undefined
  /** The services of a project, newest last; `undefined` for a project that nobody knows. */
  servicesOf(project: Pick<BuildRef, 'team' | 'project'>): readonly ResourceRef[] | undefined
}

export interface WorldOptions {
  readonly clock: Clock
  readonly timeScale: number
  readonly seed: number
}

export function createWorld({ clock, timeScale, seed }: WorldOptions): World {
  const builds = new Map<BuildKey, SimulatedBuild>()
  const byResource = new Map<string, SimulatedBuild[]>()
  const unsorted = new Set<string>()

  function check(script: BuildScript, taken: ReadonlyMap<BuildKey, unknown>): BuildKey {
    const key = buildKey(script.ref)
    if (taken.has(key))
      throw new BuildwatchdError('USAGE', `There is a build ${key} already; choose another id.`)
    checkDurations(key, script)
    return key
  }

  const world: World = {
    add(script) {
      const key = check(script, builds)
      const createdAt = clock.now() + Math.round((script.startsInMs ?? 0) / timeScale)
      const random = createRandom(seed, key)
      const walk = planWalk(script, { createdAt, timeScale, random })
      const build = { ...factsOf(script, walk, random), number: builds.size + 1, key, createdAt }
      builds.set(key, build)
      const resource = resourceKey(script.ref)
      const siblings = byResource.get(resource)
      if (siblings) siblings.push(build)
      else byResource.set(resource, [build])
      unsorted.add(resource)
      return build
    },
    addAll(scripts) {
      const taken = new Map<BuildKey, unknown>(builds)
      for (const script of scripts) taken.set(check(script, taken), script)
      return scripts.map((script) => world.add(script))
    },
    find: (key) => builds.get(key),
    all: () => [...builds.values()],
    ofResource(key) {
      const found = byResource.get(key)
      // Sorted when somebody looks, not at each addition.
      if (unsorted.delete(key)) found?.sort((a, b) => b.createdAt - a.createdAt || b.number - a.number)
      return found
    },
    servicesOf({ team, project }) {
      const resources = [...byResource.values()].flatMap(([first]) => (first ? [first.ref] : []))
      const known = resources.filter((ref) => ref.team === team && ref.project === project)
      return known.length === 0 ? undefined : known.filter(({ kind }) => kind === 'services')
    },
  }
  return world
}

function factsOf(
  script: BuildScript,
  walk: StatusWalk,
  random: Random,
): Omit<SimulatedBuild, 'number' | 'key' | 'createdAt'> {
  const lastStatus = walk.end.status ?? walk.steps.at(-1)?.status
  const pullRequestId = random() < 0.2 ? Math.floor(random() * 900) + 100 : null
  const branch = pullRequestId === null ? 'main' : `feature/${pickOne(['login', 'search', 'basket'], random)}`
  return {
    ref: script.ref,
    walk,
    concludedAt: walk.concludedAt,
    outcome: outcomeOf(lastStatus, walk.end.success),
    branch: script.branch ?? branch,
    sha: script.sha ?? drawSha(random),
    pullRequestId: script.pullRequestId === undefined ? pullRequestId : script.pullRequestId,
    ...(script.log === undefined ? {} : { log: script.log }),
  }
}

function drawSha(random: Random): string {
  return Array.from({ length: 40 }, () => Math.floor(random() * 16).toString(16)).join('')
}

function checkDurations(key: BuildKey, { durationMs, startsInMs, steps, trace }: BuildScript): void {
  const durations = [durationMs ?? 0, ...(steps ?? []).map(({ forMs }) => forMs)]
  if (![...durations, startsInMs ?? 0].every(Number.isFinite) || durations.some((ms) => ms < 0)) {
    throw new BuildwatchdError(
      'USAGE',
      `${key}: durations are milliseconds, 0 or more (startsInMs may be negative).`,
    )
  }
  const names = tracedJobs().map(({ name }) => name)
  if (trace !== undefined && !names.includes(trace)) {
    throw new BuildwatchdError(
      'USAGE',
      `${key}: there is no trace ${trace}; choose one of ${names.join(', ')}.`,
    )
  }
}
