import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { BuildPlan } from './build-plans.js'

export interface WorldSettings {
  readonly redis: Readonly<Record<string, string | number>>
  readonly apiUrl: string
  /** Name → URL of each webhook receiver. */
  readonly hooks: Readonly<Record<string, string>>
  readonly plans: readonly BuildPlan[]
  /** Which notifiers the watch of a build names; the ends to `hook` and everything to `console` by default. */
  readonly routes?: (plan: BuildPlan) => readonly unknown[]
  readonly polling?: {
    readonly min_interval: string
    readonly max_interval: string
    readonly timeout: string
  }
  readonly lease?: string
  readonly hookTimeout?: string
  readonly retrySchedule?: readonly string[]
}

export const API_TOKEN = 'token-of-the-simulated-account'
export const HOOK_SECRET = `whsec_${Buffer.from('a secret for these tests, 32 byte').toString('base64')}`

/** The environment that the written settings refer to. */
export const WORLD_ENV = { NORTHFLANK_API_TOKEN: API_TOKEN, HOOK_SECRET, LOG_LEVEL: 'debug' }

const DEFAULT_ROUTES = ['hook', { to: 'console', on: ['transitioned'] }]
const QUICK_POLLING = { min_interval: '100ms', max_interval: '300ms', timeout: '5s' }

/** Writes settings and a watchlist as a user would; answers the path of the settings. */
export async function writeWorldFiles(dir: string, settings: WorldSettings): Promise<string> {
  const file = join(dir, 'buildwatchd.yaml')
  const { redis, apiUrl, polling = QUICK_POLLING, lease = '2s', retrySchedule } = settings
  await mkdir(join(dir, 'watchlists'), { recursive: true })
  const content = {
    redis,
    accounts: { default: { token: '${NORTHFLANK_API_TOKEN}', base_url: apiUrl } },
    polling,
    engine: { lease },
    ...(retrySchedule ? { deliveries: { retry_schedule: retrySchedule } } : {}),
    notifiers: { console: { type: 'log', format: 'json' }, ...hookNotifiers(settings) },
    watchlists: ['watchlists/*.yaml'],
  }
  await writeFile(file, yaml(content))
  await writeFile(join(dir, 'watchlists', 'world.yaml'), yaml({ watches: watchesOf(settings) }))
  return file
}

/** Without aliases, which settings may not hold. */
function yaml(content: object): string {
  return stringify(content, { aliasDuplicateObjects: false })
}

function hookNotifiers({ hooks, hookTimeout: timeout = '3s' }: WorldSettings): Record<string, object> {
  const options = { type: 'webhook', secret: '${HOOK_SECRET}', allow_private: true, timeout }
  return Object.fromEntries(Object.entries(hooks).map(([name, url]) => [name, { ...options, url }]))
}

function watchesOf({ plans, routes = () => DEFAULT_ROUTES }: WorldSettings): object[] {
  return plans.map((plan) => ({
    project: plan.project,
    [plan.kind === 'jobs' ? 'job' : 'service']: plan.resource,
    build: plan.build,
    notify: routes(plan),
  }))
}
