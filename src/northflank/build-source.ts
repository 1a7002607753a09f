import { createLineLimit } from '../domain/line-limit.js'
import type { BuildSource, Clock, Logger, ReadHooks } from '../domain/ports.js'
import type { CallOptions, NorthflankClient } from './client.js'
import { readListing } from './read-listing.js'
import { snapshotOf } from './snapshot-of.js'

/**
 * One account's API as the corridors see it. Rejects with ApiError; with SECRET_UNREADABLE when there is no token to ask
 * with; and with the signal's own reason when the caller cut the probe short, for that says nothing about the API.
 */
export function createBuildSource(
  client: Pick<NorthflankClient, 'getBuild' | 'listBuilds'>,
  clock: Clock,
  logger?: Logger,
): BuildSource {
  const mayWarn = createLineLimit(clock)
  return {
    async get(ref, hooks) {
      const { build } = await client.getBuild(ref, callOf(hooks))
      return snapshotOf({ ref, build, observedAt: clock.now() })
    },
    list: (ref, hooks) =>
      readListing(ref, {
        hooks,
        async readPage(page) {
          const { builds, pagination } = await client.listBuilds(ref, page, callOf(hooks))
          return { builds, pagination, observedAt: clock.now() }
        },
        onCut({ code, message }, pages) {
          const leave = mayWarn(code)
          const fields = { code, error: message, pages, ...leave }
          logger?.[leave ? 'warn' : 'debug'](
            fields,
            'a further page of builds could not be read; those before it count',
          )
        },
      }),
  }
}

function callOf(hooks: ReadHooks): CallOptions {
  return {
    signal: hooks.signal,
    timeoutMs: hooks.timeoutMs,
    mayRetry: () => hooks.mayRetry(),
    onAnswer: (facts) => hooks.onAnswer(facts),
  }
}
