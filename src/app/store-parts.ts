import type { Configuration } from '../config/configuration.js'
import type { Clock, Logger, Reserve } from '../domain/ports.js'
import { createBudget } from '../store/budget.js'
import { createBuildRecords } from '../store/build-records.js'
import { connectRedis } from '../store/connect.js'
import { createEventLog } from '../store/event-log.js'
import { createHeartbeat } from '../store/heartbeat.js'
import { createKeys } from '../store/keys.js'
import { createLedger } from '../store/ledger.js'
import { createOutageLog } from '../store/outage-log.js'
import { redactUrl } from '../store/redis-url.js'
import { createTargets } from '../store/targets.js'
import type { RedisEndpoint } from './redis-endpoint.js'

export interface StoreMeans {
  readonly configuration: Configuration
  readonly endpoint: RedisEndpoint
  readonly replica: string
  readonly clock: Clock
  readonly logger: Logger
}

const DEFAULT_RESERVE: Reserve = { kind: 'share', share: 0.1 }

export type StoreParts = ReturnType<typeof openStore>

/** Two connections, one for commands and one that blocks on the event log, and every aggregate on them. */
export function openStore({ configuration, endpoint, replica, clock, logger }: StoreMeans) {
  const outageLog = createOutageLog({ logger, clock, where: redactUrl(endpoint.url) })
  const redis = connectRedis({ url: endpoint.url, role: 'ordinary', outageLog })
  const blocking = connectRedis({ url: endpoint.url, role: 'blocking', outageLog })
  const keys = createKeys(configuration.redis.prefix)
  const onDurable = () => endpoint.saveSoon()
  return {
    redis,
    keys,
    outageLog,
    records: createBuildRecords({ redis, keys, logger, onDurable }),
    budget: createBudget({ redis, keys, clock, reserves: reservesOf(configuration), onDurable }),
    targets: createTargets({ redis, keys, clock, replica }),
    eventLog: createEventLog({
      redis,
      blocking,
      keys,
      logger,
      replica,
      takeOverIdleMs: configuration.engine.leaseMs,
    }),
    ledger: createLedger({ redis, keys, clock, onDurable }),
    heartbeat: createHeartbeat({ redis, keys, clock, replica }),
    async close() {
      redis.disconnect()
      blocking.disconnect()
    },
  }
}

function reservesOf({ accounts }: Configuration): (account: string) => Reserve {
  return (account) => accounts.get(account)?.reserve ?? DEFAULT_RESERVE
}
