import pRetry from 'p-retry'
import { ApiError } from '../domain/errors.js'
import type { Random } from '../domain/ports.js'

export interface RetryOptions {
  readonly random: Random
  readonly signal: AbortSignal | undefined
  /** Asked before each retry; `false` ends them. */
  mayRetry(): Promise<boolean>
}

const RETRIES = 2
/** The first pause is this ± 50 %, the second three times as long as the first. */
const PAUSE_MS = 150
const GROWTH = 3

type Settled<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'failed'; readonly error: unknown }

/**
 * Connections that break and 5xx answers commonly heal at once; all else goes to the planner, which has more patience.
 * Only what is to be tried again is thrown inside p-retry: it takes errors of another realm for programming faults.
 */
export async function withImmediateRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { random, signal } = options
  try {
    const settled = await pRetry(() => throwTransient(attempt), {
      retries: RETRIES,
      minTimeout: PAUSE_MS * (0.5 + random()),
      factor: GROWTH,
      shouldRetry: () => options.mayRetry(),
      ...(signal ? { signal } : {}),
    })
    if (settled.kind === 'done') return settled.value
    throw settled.error
  } catch (error) {
    signal?.throwIfAborted()
    throw error
  }
}

async function throwTransient<T>(attempt: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { kind: 'done', value: await attempt() }
  } catch (error) {
    if (error instanceof ApiError && error.code === 'API_UNREACHABLE' && error.retryable) throw error
    return { kind: 'failed', error }
  }
}
