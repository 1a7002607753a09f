/**
 * What signals do to a command. To a long-running one: the first asks it to stop, a second one, at least a second later,
 * ends it at once; sooner repeats are ignored, because npm passes on what the terminal has already sent to the whole
 * group. To any other: the first ends it. A hang-up ends them all, but for the one that listens for it.
 */
export interface StopSignals {
  /** Resolves at the first signal. */
  readonly first: Promise<NodeJS.Signals>
  dispose(): void
}

const REPEAT_AFTER_MS = 1000
const EXIT_BY_SIGNAL: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 130, SIGTERM: 143 }

/** What a shell calls the end by this signal. */
export function exitCodeOfSignal(signal: NodeJS.Signals): number {
  return EXIT_BY_SIGNAL[signal] ?? 1
}

/**
 * For a command whose work may be dropped anywhere; answers how to stop listening. Nothing to be left to the system: to
 * process 1, as which a command runs in a container, a signal without a listener does nothing.
 */
export function endAtFirstSignal(process: NodeJS.Process): () => void {
  const end = (signal: NodeJS.Signals) => process.exit(exitCodeOfSignal(signal))
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  return () => {
    process.off('SIGINT', end)
    process.off('SIGTERM', end)
  }
}

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
      process.exit(exitCodeOfSignal(signal))
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

export interface Hangups {
  /** Called at each one from now on, and at once if there has been one. */
  answer(listener: () => unknown): void
  dispose(): void
}

/** From here on a hang-up ends nothing: it is how daemons are told to read their files again. */
export function listenForHangup(process: NodeJS.Process): Hangups {
  let listener: (() => unknown) | undefined
  let isPending = false

  function onHangup(): void {
    if (listener) listener()
    else isPending = true
  }

  process.on('SIGHUP', onHangup)
  return {
    answer(answer) {
      listener = answer
      if (isPending) answer()
      isPending = false
    },
    dispose: () => void process.off('SIGHUP', onHangup),
  }
}
