import type { Configuration } from '../config/configuration.js'
import type { Clock, Logger, Reserve } from '../domain/ports.js'
import { createBudget } from '../store/budget.js'
import { createBuildRecords } from '../store/build-records.js'
import { connectRedis } from '../store/connect.js'
import { createDigests } from '../store/digests.js'
import { createEventLog } from '../store/event-log.js'
import { createHeartbeat } from '../store/heartbeat.js'
import { createKeys } from '../store/keys.js'
import { createLedger } from '../store/ledger.js'
import { createMemos } from '../store/memos.js'
import { createOutageLog } from '../store/outage-log.js'
import { createPlanningStore } from '../store/planning.js'
import { createProbeNotes } from '../store/probe-notes.js'
import type { Retention } from '../store/record-script.js'
import { redactUrl } from '../store/redis-url.js'
import { createRetention } from '../store/retention.js'
import { createRunClaims } from '../store/run-claims.js'
import { createSilences } from '../store/silences.js'
import { createTargets } from '../store/targets.js'
import { createTroubles } from '../store/troubles.js'
import { createWatermarks } from '../store/watermarks.js'
import { createCredentialLog } from './credential-log.js'
import type { LiveConfiguration } from './live-configuration.js'
import type { RedisEndpoint } from './redis-endpoint.js'

export interface StoreMeans {
  readonly live: LiveConfiguration
  readonly endpoint: RedisEndpoint
  readonly replica: string
  readonly clock: Clock
  readonly logger: Logger
}

const DEFAULT_RESERVE: Reserve = { kind: 'share', share: 0.1 }

export type StoreParts = ReturnType<typeof openStore>

/** Two connections, one for commands and one that blocks on the event log, and every aggregate on them. */
export function openStore({ live, endpoint, replica, clock, logger }: StoreMeans) {
  const where = redactUrl(endpoint.url)
  const outageLog = createOutageLog({ logger, clock, where })
  const redis = connectRedis({ url: endpoint.url, role: 'ordinary', outageLog })
  const blocking = connectRedis({ url: endpoint.url, role: 'blocking', outageLog })
  const credentialLog = createCredentialLog({ logger, where })
  for (const connection of [redis, blocking]) credentialLog.watch(connection)
  const { redis: settings, engine } = settingsOf(live)
  const keys = createKeys(settings.prefix)
  const retention = retentionOf(live)
  const onDurable = () => endpoint.saveSoon()
  const budget = createBudget({ redis, keys, clock, reserves: reservesOf(live), onDurable })
  return {
    redis,
    keys,
    outageLog,
    records: createBuildRecords({ redis, keys, logger, retention, onDurable }),
    watermarks: createWatermarks({ redis, keys }),
    probeNotes: createProbeNotes({ redis, keys }),
    troubles: createTroubles({ redis, keys, logger }),
    budget,
    planning: createPlanningStore({ redis, keys, clock, budget, reserves: reservesOf(live) }),
    targets: createTargets({ redis, keys, clock, replica, retention }),
    eventLog: createEventLog({
      redis,
      blocking,
      keys,
      logger,
      replica,
      takeOverIdleMs: engine.leaseMs,
    }),
    memoOf: createMemos({ redis, keys }),
    ledger: createLedger({ redis, keys, clock, onDurable }),
    silences: createSilences({ redis, keys, clock }),
    heartbeat: createHeartbeat({ redis, keys, clock, replica }),
    appendDigest: createDigests({ redis, keys, clock }),
    claimRun: createRunClaims({ redis, keys }),
    /** One run of what is to be done from time to time, by the settings of now. */
    retain: () => createRetention({ redis, keys, clock, retention: settingsOf(live).retention }).run(),
    async close() {
      redis.disconnect()
      blocking.disconnect()
    },
  }
}

function settingsOf(live: LiveConfiguration): Configuration {
  return live.active().configuration
}

function reservesOf(live: LiveConfiguration): (account: string) => Reserve {
  return (account) => settingsOf(live).accounts.get(account)?.reserve ?? DEFAULT_RESERVE
}

/** Asked for at each write, so that a reload counts at once. */
function retentionOf(live: LiveConfiguration): Retention {
  return {
    get buildsMs() {
      return settingsOf(live).retention.buildsMs
    },
    get linesMs() {
      return settingsOf(live).retention.linesMs
    },
  }
}
