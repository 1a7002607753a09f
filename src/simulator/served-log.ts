import type { BuildKey } from '../domain/build.js'
import type { ServedBuild } from './answer.js'

/** One answer of the API, as it left. Instants are epoch ms. */
export interface ServedAnswer {
  /** 1..n in the order in which they ended. */
  readonly number: number
  /** When the request came. */
  readonly startedAt: number
  /** When the answer had left, or the connection ended without it. */
  readonly at: number
  /** Handed to the network whole. */
  readonly complete: boolean
  readonly method: string
  /** Path and query. */
  readonly path: string
  readonly status: number
  readonly account?: string | undefined
  readonly tokenId?: string | undefined
  /** The kinds of the faults that struck it. */
  readonly faults: readonly string[]
  /** Of a read of one build: which, and what it was told to be. */
  readonly key?: BuildKey | undefined
  readonly buildStatus?: string | undefined
  readonly concluded?: boolean | undefined
  /** Of a list: all of its builds. */
  readonly builds: readonly ServedBuild[]
}

export interface ServedLog {
  add(answer: Omit<ServedAnswer, 'number'>): void
  /** Those after number `after`, oldest first. */
  since(after?: number): ServedAnswer[]
}

/** Keeps the newest `most` answers. */
export function createServedLog(most: number): ServedLog {
  let answers: ServedAnswer[] = []
  let count = 0
  return {
    add(answer) {
      count += 1
      answers.push({ number: count, ...answer })
      // Cut back in strides: taking one off the front each time would move all the others.
      if (answers.length >= 2 * most) answers = answers.slice(-most)
    },
    since: (after = 0) => answers.slice(-most).filter(({ number }) => number > after),
  }
}
