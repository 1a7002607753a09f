/** One span of time for all of an exchange, ended early by the caller's signal. */
export interface Deadline {
  readonly signal: AbortSignal
  /** Rejects at the end of the span, for work that takes no signal. */
  race<T>(work: Promise<T>): Promise<T>
  /** In words why the span ended; `undefined` while it has not. */
  endedBecause(): string | undefined
  clear(): void
}

/**
 * A timer of its own instead of `AbortSignal.timeout`, so that it can be cleared, and a listener instead of
 * `AbortSignal.any`, so that nothing of a finished exchange hangs on a signal that lives as long as the daemon.
 */
export function startDeadline(deadlineMs: number, outer: AbortSignal): Deadline {
  const span = new AbortController()
  let because: string | undefined
  const end = (words: string) => {
    because ??= words
    span.abort()
  }
  const onStop = () => end('interrupted: the daemon is stopping')
  const timer = setTimeout(() => end(`no complete answer within ${deadlineMs / 1000} s`), deadlineMs)
  if (outer.aborted) onStop()
  else outer.addEventListener('abort', onStop, { once: true })
  return {
    signal: span.signal,
    race: (work) => Promise.race([work, rejectedOn(span.signal)]),
    endedBecause: () => because,
    clear() {
      clearTimeout(timer)
      outer.removeEventListener('abort', onStop)
    },
  }
}

function rejectedOn(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = () => reject(new Error('ended'))
    if (signal.aborted) end()
    else signal.addEventListener('abort', end, { once: true })
  })
}
