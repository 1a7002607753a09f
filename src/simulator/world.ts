/** The simulated world: its builds and what anyone was shown of them. */
import { type BuildKey, type BuildRef, buildKey, type ResourceRef, resourceKey } from '../domain/build.js'
import type { Clock } from '../domain/ports.js'
import { type BuildScript, type BuildState, stateAt } from './build-script.js'

/** One answer to one request. */
export interface ServedAnswer {
  /** Epoch ms. */
  readonly at: number
  readonly method: string
  readonly path: string
  readonly token: string
  /** 0 where no HTTP answer was given (hang, cut). */
  readonly status: number
  /** Where a build was asked for by id. */
  readonly key?: BuildKey
  /** The build's status as shown, where one was shown. */
  readonly shown?: string
  readonly concluded?: boolean
  /** The fault that struck. */
  readonly fault?: string
}

export interface World {
  add(script: BuildScript): void
  find(ref: BuildRef): Shown | undefined
  /** Newest first; `undefined` when there is no such job or service. */
  list(ref: ResourceRef): Shown[] | undefined
  scripts(): BuildScript[]
  readonly served: ServedAnswer[]
}

export interface Shown {
  readonly script: BuildScript
  readonly state: BuildState
}

export function createWorld(clock: Clock): World {
  const scripts = new Map<BuildKey, BuildScript>()

  function shown(script: BuildScript): Shown[] {
    const state = stateAt(script, clock.now())
    return state ? [{ script, state }] : []
  }

  return {
    served: [],
    add(script) {
      scripts.set(buildKey(script.ref), script)
    },
    find(ref) {
      const script = scripts.get(buildKey(ref))
      return script && shown(script)[0]
    },
    list(ref) {
      const wanted = resourceKey(ref)
      const builds = [...scripts.values()].filter((script) => resourceKey(script.ref) === wanted)
      if (builds.length === 0) return undefined
      return builds.flatMap(shown).sort((a, b) => b.script.createdAt - a.script.createdAt)
    },
    scripts: () => [...scripts.values()],
  }
}
