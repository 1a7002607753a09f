/** Waiting for what a child process or a server will have done some time, without a guess at how long that takes. */

export interface Patience {
  /** What is waited for, for the message. */
  readonly what: string
  readonly withinMs: number
  readonly everyMs?: number
  /** Said with the failure: the last words of whoever was to do it. */
  readonly evidence?: () => string
}

/** Resolves with the first value that `look` gives, looking again and again; rejects at the deadline. */
export async function eventually<T>(
  look: () => T | undefined | false | Promise<T | undefined | false>,
  { what, withinMs, everyMs = 20, evidence }: Patience,
): Promise<T> {
  const deadlineAt = performance.now() + withinMs
  for (;;) {
    const found = await look()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadlineAt)
      throw new Error(`not within ${withinMs} ms: ${what}${evidence ? `\n${evidence()}` : ''}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
