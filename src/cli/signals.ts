/**
 * The signals of a long-running command: the first asks it to stop, a second one, at least a second later, ends it at
 * once. Sooner repeats are ignored, because npm passes on what the terminal has already sent to the whole group.
 */
export interface StopSignals {
  /** Resolves at the first signal. */
  readonly first: Promise<NodeJS.Signals>
  dispose(): void
}

const REPEAT_AFTER_MS = 1000
const EXIT_BY_SIGNAL: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 }

export function listenForStop(process: NodeJS.Process): StopSignals {
  let stoppedAt: number | undefined
  let resolveFirst: (signal: NodeJS.Signals) => void
  const first = new Promise<NodeJS.Signals>((resolve) => {
    resolveFirst = resolve
  })

  function onSignal(signal: NodeJS.Signals): void {
    const now = performance.now()
    if (stoppedAt === undefined) {
      stoppedAt = now
      resolveFirst(signal)
    } else if (now - stoppedAt >= REPEAT_AFTER_MS) {
      process.exit(EXIT_BY_SIGNAL[signal] ?? 1)
    }
  }

  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    first,
    dispose() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
