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
