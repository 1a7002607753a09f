import type { BuildRef } from '../domain/build.js'
import type { Outcome } from '../domain/outcome.js'

/** One stretch of a build. Without a status the API's answer has none either. */
export interface ScriptStep {
  readonly status?: string | undefined
  /** Simulated ms. */
  readonly forMs: number
}

/** The last answer for good: what `concluded: true` comes with. Absent fields are absent in the answer too. */
export interface ScriptEnd {
  readonly status?: string | undefined
  readonly success?: boolean | undefined
  readonly message?: string | null | undefined
}

/**
 * What shall become of one build. Only `ref` is needed; the rest is drawn from real builds by the seed. All durations are
 * simulated milliseconds: at `timeScale` 60 a minute here passes in one real second.
 */
export interface BuildScript {
  readonly ref: BuildRef
  /** When it is created, from the moment the script is added; negative for a build of the past. 0 by default. */
  readonly startsInMs?: number | undefined
  /** From creation to conclusion. */
  readonly durationMs?: number | undefined
  readonly outcome?: Outcome | undefined
  /** Name of the job in `traces/` whose builds it is drawn from; any of them by default. */
  readonly trace?: string | undefined
  /** The statuses word by word, in place of a drawn walk; `durationMs` and `trace` then have no say. */
  readonly steps?: readonly ScriptStep[] | undefined
  /** The end word by word, contradictions included; `outcome` then has no say. */
  readonly end?: ScriptEnd | undefined
  readonly branch?: string | undefined
  readonly sha?: string | undefined
  readonly pullRequestId?: number | null | undefined
  /** What it prints before it ends. */
  readonly log?: readonly string[] | undefined
}
