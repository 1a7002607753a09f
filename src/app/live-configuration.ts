/**
 * The one active version of everything that a reload can change. Whatever works asks here and nowhere else, so that the swap
 * is a single assignment: a run that has begun goes on with the version that it began with, the next one has the new one, and
 * none ever sees half of each.
 */
import type { Configuration } from '../config/configuration.js'
import type { WantedConfiguration } from '../domain/ports.js'
import type { ApiSources } from './api-sources.js'
import type { Notifiers } from './notifiers.js'

/** What a version has opened: it stays open until the last run that uses it has ended. */
export interface OpenedParts {
  readonly sources: ApiSources
  readonly notifiers: Notifiers
}

export interface ActiveConfiguration extends OpenedParts {
  readonly configuration: Configuration
  readonly wanted: WantedConfiguration
  /** Counts the versions of this process, from 1. */
  readonly version: number
  /** Epoch ms. */
  readonly loadedAt: number
}

export interface LiveConfiguration {
  /** For one question; a run that asks several uses {@link during}. */
  active(): ActiveConfiguration
  /** Runs `work` with one version from its beginning to its end. */
  during<T>(work: (active: ActiveConfiguration) => Promise<T>): Promise<T>
  /** From here on `next` is active. Closes what only the version before had opened, once no run uses it. */
  swap(next: ActiveConfiguration): void
  /** Waits for the runs in hand, then closes everything. */
  close(): Promise<void>
}

export function createLiveConfiguration(first: ActiveConfiguration): LiveConfiguration {
  let active = first
  const inHand = new Map<Promise<unknown>, ActiveConfiguration>()
  const closing = new Set<Promise<unknown>>()

  async function unused(part: 'sources' | 'notifiers', of: ActiveConfiguration): Promise<void> {
    const users = [...inHand].filter(([, used]) => used[part] === of[part])
    await Promise.allSettled(users.map(([run]) => run))
  }

  function retire(part: 'sources' | 'notifiers', of: ActiveConfiguration): Promise<unknown> {
    const closed = unused(part, of)
      .then(() => of[part].close())
      .finally(() => closing.delete(closed))
    closing.add(closed)
    return closed
  }

  return {
    active: () => active,
    async during(work) {
      const used = active
      const run = work(used)
      inHand.set(run, used)
      try {
        return await run
      } finally {
        inHand.delete(run)
      }
    },
    swap(next) {
      const before = active
      active = next
      // What cannot be closed holds a few sockets, and is no reason to end anything.
      for (const part of ['sources', 'notifiers'] as const)
        if (before[part] !== next[part]) retire(part, before).catch(() => undefined)
    },
    async close() {
      await Promise.all([retire('sources', active), retire('notifiers', active), ...closing])
    },
  }
}
