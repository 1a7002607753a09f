// Imported, not global: fake timers in a test replace the globals, and the engine would stand still.
import { clearImmediate, clearInterval, setImmediate, setInterval } from 'node:timers'

export interface StepLoop {
  /** Something happened; the engine gets a turn after the events that are due now. */
  readonly wake: () => void
  /** Runs what calls into the engine; whatever it throws ends the loop, is told to `onFatal` and thrown again. */
  guard<Result>(work: () => Result): Result
  readonly stop: () => void
}

export interface StepLoopDeps {
  /** One pass of the engine's own event loop: how many events it worked off. Throws when the engine is beyond help. */
  readonly step: () => number
  /** Called at most once; the loop has stopped by then. */
  readonly onFatal: (error: unknown) => void
}

/** For what no socket announces: expiring keys, blocking reads that time out. */
const TICK_MS = 10
/** A long pipeline is worked off in turns of this length, so that the daemon's own work comes in between. */
const TURN_MS = 2

/**
 * Gives the engine its turns. It reads and runs commands in one step and sends the replies at the start of the next, so a turn
 * ends with a step that found nothing to do, or each reply would wait for the tick. `setImmediate` lets the sockets of many
 * clients be read before the turn.
 */
export function createStepLoop({ step, onFatal }: StepLoopDeps): StepLoop {
  let stopped = false
  let immediate: NodeJS.Immediate | undefined
  const wake = (): void => {
    if (!stopped) immediate ??= setImmediate(turn)
  }
  // The listening socket keeps the process alive, not the tick.
  const tick = setInterval(wake, TICK_MS).unref()
  const stop = (): void => {
    stopped = true
    clearInterval(tick)
    clearImmediate(immediate)
  }
  const guard = <Result>(work: () => Result): Result => {
    try {
      return work()
    } catch (error) {
      if (!stopped) {
        stop()
        onFatal(error)
      }
      throw error
    }
  }
  /** False when work is left. */
  const takeTurn = (): boolean => {
    const until = performance.now() + TURN_MS
    while (step() > 0) if (performance.now() > until) return false
    return true
  }
  const turn = (): void => {
    immediate = undefined
    try {
      if (!guard(takeTurn)) wake()
    } catch {
      // The guard has told what there is to tell.
    }
  }
  return { wake, guard, stop }
}
