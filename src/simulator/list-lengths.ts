import { BuildwatchdError } from '../domain/errors.js'

/** How many builds the list of one job or service shows. */
export interface ListLength {
  /** Resource key. */
  readonly resource: string
  readonly keeps: number
}

/** How far back lists reach; older builds are still to be had by their ids. */
export interface ListLengths {
  of(resource: string): number
  /** `undefined`: as far as all others. Throws USAGE for a number that is none. */
  set(resource: string, keeps: number | undefined): void
  /** Those that have a length of their own. */
  all(): ListLength[]
}

/** All builds by default. Throws USAGE for a number that is none. */
export function createListLengths(keeps: number = Number.POSITIVE_INFINITY): ListLengths {
  const own = new Map<string, number>()
  check(keeps)
  return {
    of: (resource) => own.get(resource) ?? keeps,
    set(resource, length) {
      if (length === undefined) return void own.delete(resource)
      check(length)
      own.set(resource, length)
    },
    all: () => [...own].map(([resource, length]) => ({ resource, keeps: length })),
  }
}

function check(keeps: number): void {
  if (keeps >= 0 && (Number.isInteger(keeps) || keeps === Number.POSITIVE_INFINITY)) return
  throw new BuildwatchdError('USAGE', 'A list keeps a whole number of builds, 0 or more.')
}
