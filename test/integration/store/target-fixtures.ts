import type { Redis } from 'ioredis'
import { resourceKey } from '../../../src/domain/build.js'
import { EVERY_BUILD } from '../../../src/domain/build-filter.js'
import type { WantedConfiguration } from '../../../src/domain/ports.js'
import { type FeedTarget, interestId, type Target } from '../../../src/domain/target.js'
import { createTargets, type TargetsDeps } from '../../../src/store/targets.js'
import { KEYS, ROUTES, testClock } from './store-fixtures.js'

/** All builds of one job; `named` are builds that watches name besides. */
export function feedOf(job = 'nightly', ...named: string[]): FeedTarget {
  const ref = { project: 'shop', kind: 'jobs' as const, resource: job }
  const interest = { id: interestId({ filter: EVERY_BUILD }), filter: EVERY_BUILD, catchUpMs: 86_400_000 }
  return {
    kind: 'feed',
    id: resourceKey(ref),
    account: 'default',
    ref,
    interests: [{ ...interest, routes: ROUTES, windows: [] }],
    named: named.map((build) => ({ build, routes: ROUTES, windows: [] })),
    polling: { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 },
  }
}

export const EVERY = interestId({ filter: EVERY_BUILD })

export function configuration(digest: string, ...targets: Target[]): WantedConfiguration {
  return { digest, targets, accountRoutes: new Map([['default', ROUTES]]), notifiers: [] }
}

export interface Publisher {
  readonly targets: ReturnType<typeof createTargets>
  /** Each call is a reload. */
  want(...wanted: Target[]): Promise<void>
}

export function publisher(redis: Redis, settings: Partial<TargetsDeps> = {}): Publisher {
  const targets = createTargets({ redis, keys: KEYS, clock: testClock(), replica: 'one', ...settings })
  let reloads = 0
  return {
    targets,
    async want(...wanted) {
      reloads += 1
      const next = configuration(`v${reloads}`, ...wanted)
      await targets.claim(next)
      await targets.publish(next)
    },
  }
}
