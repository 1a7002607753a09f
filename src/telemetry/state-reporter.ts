/**
 * Says a lasting state once instead of at every symptom of it: "Redis cannot be reached" when it starts, "Redis is back"
 * when it ends, and at most one line per pause in between, however fast the two alternate. The last word is always true:
 * a change that fell into the pause is said at its end, if it still holds then.
 */
import type { Clock, Logger } from '../domain/ports.js'

export interface StateReporter {
  /** Call at every symptom; the first of a row is a warning, the rest are counted. */
  troubled(fields: object, message: string): void
  /** Call at every good sign; says something only where trouble was said before. */
  well(fields: object, message: string): void
  /** Forgets what is still to be said. */
  stop(): void
}

export interface StateReporterOptions {
  readonly clock: Clock
  /** Least time between two lines; 5000 by default. */
  readonly pauseMs?: number
}

interface State {
  readonly kind: 'troubled' | 'well'
  readonly fields: object
  readonly message: string
}

const PAUSE_MS = 5000

export function createStateReporter(logger: Logger, options: StateReporterOptions): StateReporter {
  const { clock, pauseMs = PAUSE_MS } = options
  let said: State['kind'] = 'well'
  let present: State | undefined
  let symptoms = 0
  let troubledSince = 0
  let saidAt = Number.NEGATIVE_INFINITY
  let timer: NodeJS.Timeout | undefined

  function observe(state: State): void {
    present = state
    const waitMs = saidAt + pauseMs - clock.now()
    if (waitMs <= 0) sayIfChanged()
    else if (state.kind !== said) timer ??= setTimeout(afterPause, waitMs).unref()
  }

  function afterPause(): void {
    timer = undefined
    sayIfChanged()
  }

  function sayIfChanged(): void {
    if (!present || present.kind === said) return
    said = present.kind
    saidAt = clock.now()
    if (said === 'troubled') logger.warn(present.fields, present.message)
    else logger.info({ ...present.fields, troubledMs: saidAt - troubledSince, symptoms }, present.message)
  }

  return {
    troubled(fields, message) {
      if (present?.kind !== 'troubled' && said === 'well') {
        troubledSince = clock.now()
        symptoms = 0
      }
      symptoms += 1
      observe({ kind: 'troubled', fields, message })
    },
    well: (fields, message) => observe({ kind: 'well', fields, message }),
    stop() {
      clearTimeout(timer)
      timer = undefined
      present = undefined
    },
  }
}
