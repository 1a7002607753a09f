import type { ScriptEnd } from './build-script.js'

export interface WalkStep {
  readonly status?: string | undefined
  /** Epoch ms at which the status is entered. */
  readonly at: number
}

/**
 * A build's whole life on the real clock: it is created with the first step. Instants strictly increase, `concludedAt`
 * last. No step only where it ends at the very moment of its creation.
 */
export interface StatusWalk {
  readonly steps: readonly WalkStep[]
  readonly concludedAt: number
  readonly end: ScriptEnd
}

/** What is true of a build at one moment. */
export interface WalkState {
  readonly status?: string | undefined
  readonly concluded: boolean
  readonly success?: boolean | undefined
  readonly message?: string | null | undefined
  /** Epoch ms since when it is so. */
  readonly at: number
}

/** Every state the build passes through, past and to come, in order. */
export function historyOf({ steps, concludedAt, end }: StatusWalk): WalkState[] {
  return [
    ...steps.map(({ status, at }) => ({ status, at, concluded: false })),
    { ...end, at: concludedAt, concluded: true },
  ]
}

/** The build at `now`, a pure function of both; `undefined` before it is created. `back` states earlier if asked so. */
export function stateAt(walk: StatusWalk, now: number, back = 0): WalkState | undefined {
  const passed = historyOf(walk).filter(({ at }) => at <= now)
  return passed[Math.max(0, passed.length - 1 - back)]
}
