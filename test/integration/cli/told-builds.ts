/** Builds whose events are dispatched and delivered as a daemon does it, and what `explain` says of them. */
import type { Redis } from 'ioredis'
import { dispatch } from '../../../src/core/dispatch.js'
import { buildKey } from '../../../src/domain/build.js'
import type { DeliveryEnd } from '../../../src/domain/delivery.js'
import type { Route } from '../../../src/domain/route.js'
import type { Silence } from '../../../src/domain/silence.js'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { createBuildRecords } from '../../../src/store/build-records.js'
import { createEventLog } from '../../../src/store/event-log.js'
import { createLedger } from '../../../src/store/ledger.js'
import { createMemoryQuietClock } from '../../support/memory-ports.js'
import type { RedisEngine } from '../../support/redis-engines.js'
import { captured } from '../../unit/cli/captured.js'
import {
  entryFor,
  KEYS,
  refOf,
  START_AT,
  snapshotOf,
  testClock,
  testLogger,
} from '../store/store-fixtures.js'

export const RUNNING = { status: 'BUILDING', branch: 'main', createdAt: '2026-01-05T11:00:00Z' }
export const FAILED = { ...RUNNING, status: 'FAILURE', concluded: true }
/** Open at the beginning. */
export const NIGHT = { cron: '* 22-6 * * *', timezone: 'UTC', instead: 'later', except: [] } as const
const MORNING_AT = START_AT + 3_600_000
export const ATTEMPT = { body: 'x', order: 'any', together: [] } as const

interface Told {
  readonly routes: readonly {
    readonly event: string
    readonly routesOf: string
    readonly routes: readonly { readonly to: string; readonly becomes: string }[]
  }[]
  readonly deliveries: readonly object[]
}

export const deliveryOf = (build: string, notifier: string) =>
  `${buildKey(refOf(build))}#concluded->${notifier}`

export function createToldBuilds(engine: RedisEngine, redis: Redis) {
  const clock = testClock()
  const ledger = createLedger({ redis, keys: KEYS, clock })
  const records = createBuildRecords({ redis, keys: KEYS, logger: testLogger() })
  const run = (...argv: string[]) => captured(['explain', ...argv], { REDIS_URL: engine.url() })

  async function explained(build: string): Promise<Told> {
    const { code, stdout, stderr } = await run(buildKey(refOf(build)), '-o', 'json')
    if (code !== 0) throw new Error(stderr)
    return JSON.parse(stdout)
  }

  return {
    clock,
    ledger,
    records,
    run,
    explained,
    /** What came of each route, event by event. */
    async routesOf(build: string): Promise<string[]> {
      const { routes } = await explained(build)
      return routes.flatMap((each) => each.routes.map(({ to, becomes }) => `${to}: ${becomes}`))
    },
    /** Records the end of a build. */
    async ended(build: string, routes: readonly Route[], facts: Partial<ApiBuild> = FAILED): Promise<void> {
      await records.record(entryFor(UNRECORDED, snapshotOf(facts, refOf(build)), routes))
    },
    async dispatched(silences: readonly Silence[] = []): Promise<void> {
      const blocking = engine.connect()
      await dispatch(1, {
        eventLog: createEventLog({ redis, blocking, keys: KEYS, logger: testLogger(), replica: 'one' }),
        ledger,
        deliveries: { add: async () => undefined },
        silences: { active: async () => silences },
        quietClock: createMemoryQuietClock({ [NIGHT.cron]: MORNING_AT }),
        clock,
      })
    },
    /** One attempt, and the end of the delivery. */
    async sent(id: string, end: DeliveryEnd): Promise<void> {
      await ledger.begin(id, ATTEMPT)
      await ledger.end(id, end)
    },
  }
}
