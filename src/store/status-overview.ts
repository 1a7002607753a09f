import type { Redis } from 'ioredis'
import type { Keys } from './keys.js'
import { repliesOf } from './pipeline.js'
import { redisCall } from './redis-failure.js'
import { asList, asNumber, asText } from './reply.js'

/** What takes one round trip, however much is watched. */
export interface Overview {
  /** The newest among the replicas; absent where none was ever announced. */
  readonly configuration?: ConfigurationFacts
  /** Names of the accounts in it. */
  readonly accounts: readonly string[]
  readonly deliveries: { readonly pending: number; readonly dead: number }
  /** Notifiers whose endpoint said that it is gone for good. */
  readonly suspended: readonly SuspendedFacts[]
}

interface ConfigurationFacts {
  readonly digest: string
  readonly generation: number
  /** All its targets are written. */
  readonly isPublished: boolean
}

interface SuspendedFacts {
  readonly notifier: string
  readonly reason: string
  /** Epoch ms. */
  readonly at: number
}

export async function readOverview({
  redis,
  keys,
}: {
  readonly redis: Redis
  readonly keys: Keys
}): Promise<Overview> {
  const [configuration, accounts, pending, dead, suspended] = await redisCall('read the overview', () =>
    repliesOf(
      redis
        .pipeline()
        .hmget(keys.configuration, 'digest', 'generation', 'published')
        .hkeys(keys.accounts)
        .zcard(keys.pendingDeliveries)
        .zcard(keys.deadDeliveries)
        .hgetall(keys.suspended),
    ),
  )
  return {
    ...configurationOf(asList(configuration)),
    accounts: asList(accounts).map(asText),
    deliveries: { pending: asNumber(pending), dead: asNumber(dead) },
    suspended: Object.entries(Object(suspended)).map(([notifier, row]) => ({
      notifier,
      ...JSON.parse(String(row)),
    })),
  }
}

function configurationOf([digest, generation, published]: readonly unknown[]): Pick<
  Overview,
  'configuration'
> {
  if (!digest) return {}
  const isPublished = published === digest
  return { configuration: { digest: asText(digest), generation: asNumber(generation), isPublished } }
}
