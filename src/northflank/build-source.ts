import type { BuildSource, Clock } from '../domain/ports.js'
import type { NorthflankClient } from './client.js'
import { snapshotOf } from './snapshot-of.js'

/**
 * One account's API as the corridors see it. Rejects with ApiError; with SECRET_UNREADABLE when there is no token to ask
 * with; and with the signal's own reason when the caller cut the probe short, for that says nothing about the API.
 */
export function createBuildSource(client: Pick<NorthflankClient, 'getBuild'>, clock: Clock): BuildSource {
  return {
    async probe({ ref, polling }, hooks) {
      const { build } = await client.getBuild(ref, {
        signal: hooks.signal,
        timeoutMs: polling.timeoutMs,
        mayRetry: () => hooks.mayRetry(),
        onAnswer: (facts) => hooks.onAnswer(facts),
      })
      return [snapshotOf({ ref, build, observedAt: clock.now() })]
    },
  }
}
