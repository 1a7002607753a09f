import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import type { BuildPlan } from './build-plans.js'
import type { WatchSource } from './world-watchlists.js'

export interface WorldSettings {
  readonly redis: Readonly<Record<string, string | number>>
  readonly apiUrl: string
  /** Name → URL of each webhook receiver. */
  readonly hooks: Readonly<Record<string, string>>
  readonly polling?: WorldPolling
  readonly lease?: string
  readonly hookTimeout?: string
  readonly retrySchedule?: readonly string[]
  /** More notifiers, as the settings have them. */
  readonly notifiers?: Readonly<Record<string, object>>
  /** What messages say beyond their events, as the settings have it. */
  readonly messages?: Readonly<Record<string, string | number>>
}

export interface WorldPolling {
  readonly min_interval: string
  readonly max_interval: string
  readonly timeout: string
}

export const API_TOKEN = 'token-of-the-simulated-account'
const HOOK_KEY = 'a secret for these tests, 32 byte'
export const HOOK_SECRET = `whsec_${Buffer.from(HOOK_KEY).toString('base64')}`
/** What may show nowhere. */
export const SECRETS = [API_TOKEN, HOOK_SECRET, HOOK_SECRET.replace('whsec_', ''), HOOK_KEY]

/** The environment that the written settings refer to. */
export const WORLD_ENV = { NORTHFLANK_API_TOKEN: API_TOKEN, HOOK_SECRET, LOG_LEVEL: 'debug' }

/** The ends to `hook` and everything to `console`. */
export const DEFAULT_ROUTES: readonly unknown[] = ['hook', { to: 'console', on: ['transitioned'] }]
export const QUICK_POLLING: WorldPolling = { min_interval: '100ms', max_interval: '300ms', timeout: '5s' }

/** Writes settings as a user would; the watchlists lie in `watchlists/` beside them. Answers their path. */
export async function writeSettings(dir: string, settings: WorldSettings): Promise<string> {
  const file = join(dir, 'buildwatchd.yaml')
  await writeFile(file, settingsText(settings))
  return file
}

export function settingsText(settings: WorldSettings): string {
  const { redis, apiUrl, polling = QUICK_POLLING, lease = '2s', retrySchedule, messages } = settings
  const content = {
    redis,
    accounts: { default: { token: '${NORTHFLANK_API_TOKEN}', base_url: apiUrl } },
    polling,
    engine: { lease },
    ...(retrySchedule ? { deliveries: { retry_schedule: retrySchedule } } : {}),
    ...(messages ? { messages } : {}),
    notifiers: {
      console: { type: 'log', format: 'json' },
      ...hookNotifiers(settings),
      ...settings.notifiers,
    },
    watchlists: ['watchlists/*.yaml'],
  }
  // Without aliases, which settings may not hold.
  return stringify(content, { aliasDuplicateObjects: false })
}

function hookNotifiers({ hooks, hookTimeout: timeout = '3s' }: WorldSettings): Record<string, object> {
  const options = { type: 'webhook', secret: '${HOOK_SECRET}', allow_private: true, timeout }
  return Object.fromEntries(Object.entries(hooks).map(([name, url]) => [name, { ...options, url }]))
}

/** A watch for each build. */
export function watchesOf(
  plans: readonly BuildPlan[],
  routes: (plan: BuildPlan) => readonly unknown[] = () => DEFAULT_ROUTES,
): WatchSource[] {
  return plans.map((plan) => ({
    project: plan.project,
    ...(plan.kind === 'jobs' ? { job: plan.resource } : { service: plan.resource }),
    build: plan.build,
    notify: routes(plan),
  }))
}
