import type { BuildRef } from '../domain/build.js'
import type { Route } from '../domain/route.js'
import type { PollingRails, Watch } from '../domain/target.js'
import { parseSection } from './parse-section.js'
import { resolvePolling } from './resolve-polling.js'
import { resolveRoutes } from './resolve-routes.js'
import type { Section } from './section.js'
import { suggestion } from './suggest.js'
import { type WatchInput, watchSchema } from './watch-schema.js'

/** What the settings say for all watches. */
export interface WatchDefaults {
  /** Names, those of refused accounts and notifiers included: one mistake is reported once. */
  readonly accounts: readonly string[]
  readonly notifiers: readonly string[]
  readonly routes: readonly Route[]
  readonly polling: PollingRails
}

/** One entry of `watches`; `undefined` after it has been refused. Everything wrong with it is reported at once. */
export function resolveWatch(section: Section, defaults: WatchDefaults): Watch | undefined {
  const input = parseSection(section, watchSchema)
  if (!section.isMap) return undefined
  const isOneResource = namesOneResource(section)
  const account = accountOf(section, defaults.accounts)
  const routes = section.has('notify')
    ? resolveRoutes(section.at('notify'), input?.notify, defaults.notifiers)
    : defaults.routes
  const polling = resolvePolling(section, defaults.polling)
  if (!input || !isOneResource || account === undefined || !routes || !polling) return undefined
  return { account, ref: refOf(input), routes, polling }
}

function refOf({ team, project, job, service, build }: WatchInput): BuildRef {
  return {
    ...(team === undefined ? {} : { team }),
    project,
    kind: job === undefined ? 'services' : 'jobs',
    resource: job ?? service ?? '',
    build,
  }
}

function namesOneResource(section: Section): boolean {
  const [hasJob, hasService] = [section.has('job'), section.has('service')]
  if (!hasJob && !hasService) {
    section.refuse('names neither job nor service; name the one whose build this is, such as job: nightly')
  } else if (hasJob && hasService) {
    section
      .at('service')
      .refuseKey('job and service both stand here; keep one, and write a watch of its own for the other')
  }
  return hasJob !== hasService
}

const DEFAULT_ACCOUNT = 'default'

function accountOf(section: Section, accounts: readonly string[]): string | undefined {
  const spot = section.at('account')
  const name = spot.value
  if (section.has('account')) return knownAccount(spot, name, accounts)
  if (accounts.includes(DEFAULT_ACCOUNT)) return DEFAULT_ACCOUNT
  const [only, ...others] = accounts
  if (only !== undefined && others.length > 0) {
    spot.refuse(`is missing, and no account is called default; name one of: ${accounts.join(', ')}`)
    return undefined
  }
  return only
}

function knownAccount(spot: Section, name: unknown, accounts: readonly string[]): string | undefined {
  if (typeof name !== 'string' || accounts.includes(name)) return typeof name === 'string' ? name : undefined
  if (/^[a-z0-9-]+$/.test(name))
    spot.refuse(`no account is called ${spot.source}; ${suggestion(name, accounts)}`)
  return undefined
}
