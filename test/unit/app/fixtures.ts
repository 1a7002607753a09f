import type { Configuration } from '../../../src/config/configuration.js'
import { EVERY_BUILD } from '../../../src/domain/build-filter.js'
import type { Secret } from '../../../src/domain/ports.js'
import { STUCK_RULES } from '../../../src/domain/stuck.js'
import type { BuildWatch, FeedWatch } from '../../../src/domain/target.js'

const DAY_MS = 86_400_000
const POLLING = { minIntervalMs: 2000, maxIntervalMs: 60_000, timeoutMs: 15_000 }
const FACTS = { account: 'default', routes: [], polling: POLLING, windows: [] }

export function secretOf(value: string): Secret {
  return { reveal: async () => value }
}

export function feedOf(resource: string, facts: Partial<FeedWatch> = {}): FeedWatch {
  const ref = { project: 'shop', kind: 'jobs', resource } as const
  return { kind: 'feed', ref, filter: EVERY_BUILD, catchUpMs: 86_400_000, ...FACTS, ...facts }
}

export function buildOf(resource: string, build: string, facts: Partial<BuildWatch> = {}): BuildWatch {
  return { kind: 'build', ref: { project: 'shop', kind: 'jobs', resource, build }, ...FACTS, ...facts }
}

export function configurationOf(parts: Partial<Configuration> = {}): Configuration {
  return {
    digest: 'digest',
    redis: { kind: 'embedded', port: 0, dataDir: '/data', prefix: 'buildwatch' },
    accounts: new Map(),
    accountRoutes: new Map(),
    strategy: 'learned',
    polling: POLLING,
    engine: { leaseMs: 10_000 },
    deliveries: { retryScheduleMs: [] },
    notifiers: new Map(),
    watches: [],
    stuck: STUCK_RULES,
    messages: { logLines: 0 },
    retention: { buildsMs: 30 * DAY_MS, eventsMs: 7 * DAY_MS, maxEvents: 100_000, linesMs: 180 * DAY_MS },
    notify: [],
    http: { host: '127.0.0.1', port: 9464 },
    log: { level: 'info', format: 'auto' },
    files: [],
    badFiles: new Map(),
    ...parts,
  }
}

export function accountsNamed(...names: string[]): Configuration['accounts'] {
  const facts = {
    token: secretOf('token'),
    baseUrl: 'https://api.northflank.com',
    reserve: { kind: 'share', share: 0.1 },
  } as const
  return new Map(names.map((name) => [name, { name, ...facts }]))
}

export function notifiersNamed(...names: string[]): Configuration['notifiers'] {
  return new Map(
    names.map((name) => [
      name,
      { name, type: 'log', options: {}, secrets: {}, pace: { concurrency: 8, groupMs: 0 } },
    ]),
  )
}
