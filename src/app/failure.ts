import { BuildwatchdError } from '../domain/errors.js'

/** What makes all further work impossible, whoever comes upon it. */
export interface Failure {
  /** Resolves never; rejects with the first report. */
  readonly promise: Promise<never>
  readonly report: (error: unknown) => void
}

export function createFailure(): Failure {
  let reject: (error: unknown) => void = () => undefined
  const promise = new Promise<never>((_, rejectPromise) => {
    reject = rejectPromise
  })
  promise.catch(() => undefined)
  return {
    promise,
    report: (error) =>
      reject(error instanceof Error ? error : new BuildwatchdError('INTERNAL', String(error))),
  }
}
