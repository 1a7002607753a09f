import type { NotifierSettings } from '../config/configuration.js'
import type { Clock, Notifier } from '../domain/ports.js'
import type { OpenUserRedis } from '../domain/user-redis.js'
import { createHttpSender } from '../notify/http-sender.js'
import { createNotifier } from '../notify/registry.js'
import { USER_AGENT } from './version.js'

/** What checks settings makes notifiers too, and need not wait for ioredis to load. */
const openUserRedis: OpenUserRedis = async (place) =>
  (await import('../store/user-redis.js')).openUserRedis(place)

export interface Notifiers {
  readonly names: readonly string[]
  /** `undefined` when the settings have no such notifier. */
  named(name: string): Notifier | undefined
  close(): Promise<void>
}

export interface NotifierMeans {
  readonly clock: Clock
  /** Prints one line of the `log` notifier. */
  readonly out: (line: string) => Promise<void> | void
  /** Whether notifiers may run programs; by the environment when it is left out. */
  readonly allowExec?: boolean
}

/** Every configured notifier, all on one HTTP sender. Throws CONFIG_INVALID. */
export function openNotifiers(
  settings: Iterable<NotifierSettings>,
  { clock, out, allowExec = isExecAllowed(process.env) }: NotifierMeans,
): Notifiers {
  const http = createHttpSender({ clock, userAgent: USER_AGENT })
  const tools = { http, clock, out, allowExec, openUserRedis }
  const notifiers = new Map([...settings].map((each) => [each.name, createNotifier(each, tools)]))
  return {
    names: [...notifiers.keys()],
    named: (name) => notifiers.get(name),
    async close() {
      await Promise.all([http.close(), ...[...notifiers.values()].map((each) => each.close?.())])
    },
  }
}

/** Settings may come by pull request; whoever starts the daemon decides whether they may name programs to run. */
export function isExecAllowed(env: Readonly<Record<string, string | undefined>>): boolean {
  return env.BUILDWATCHD_ALLOW_EXEC === '1'
}
