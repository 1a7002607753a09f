import { BuildwatchdError } from '../domain/errors.js'

/** Rejects with REDIS_UNREACHABLE when `work` has not settled after `deadlineMs`. */
export async function withDeadline<T>(work: Promise<T>, deadlineMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new BuildwatchdError('REDIS_UNREACHABLE', `Redis did not answer within ${deadlineMs} ms`, {
          retryable: true,
        }),
      )
    }, deadlineMs)
  })
  try {
    return await Promise.race([work, expired])
  } finally {
    clearTimeout(timer)
  }
}

/** Whether `work` has settled, either way, after `limitMs` at the latest. */
export async function settledWithin(work: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), limitMs)
  })
  const settled = work.then(
    () => true,
    () => true,
  )
  try {
    return await Promise.race([settled, over])
  } finally {
    clearTimeout(timer)
  }
}
