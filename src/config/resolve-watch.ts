import type { ResourceRef } from '../domain/build.js'
import type { Route } from '../domain/route.js'
import type { PollingRails, Watch } from '../domain/target.js'
import { parseSection } from './parse-section.js'
import { type FeedDefaults, refuseFeedKeys, resolveFeed } from './resolve-feed.js'
import { resolvePolling } from './resolve-polling.js'
import { type RouteDefaults, resolveRoutes } from './resolve-routes.js'
import { resolveWindows } from './resolve-windows.js'
import type { Section } from './section.js'
import { suggestion } from './suggest.js'
import { type WatchInput, watchSchema } from './watch-schema.js'

/** What the settings say for all watches. */
export interface WatchDefaults extends FeedDefaults, RouteDefaults {
  /** Names, those of refused accounts included: one mistake is reported once. */
  readonly accounts: readonly string[]
  readonly routes: readonly Route[]
  readonly polling: PollingRails
}

/** One entry of `watches`; `undefined` after it has been refused. Everything wrong with it is reported at once. */
export function resolveWatch(section: Section, defaults: WatchDefaults): Watch | undefined {
  const input = parseSection(section, watchSchema)
  if (!section.isMap) return undefined
  const isOneResource = namesOneResource(section)
  const facts = factsOf(section, input, defaults)
  const isOneBuild = section.has('build')
  if (isOneBuild) refuseFeedKeys(section)
  const feed = isOneBuild ? undefined : resolveFeed(section, input, defaults)
  if (!input || !isOneResource || !facts) return undefined
  if (input.build !== undefined)
    return { kind: 'build', ...facts, ref: { ...refOf(input), build: input.build } }
  return feed && { kind: 'feed', ...facts, ref: refOf(input), ...feed }
}

/** What both kinds of watch say. */
function factsOf(section: Section, input: WatchInput | undefined, defaults: WatchDefaults) {
  const account = accountOf(section, defaults.accounts)
  const routes = section.has('notify')
    ? resolveRoutes(section.at('notify'), input?.notify, defaults)
    : defaults.routes
  const polling = resolvePolling(section, defaults.polling)
  const windows = resolveWindows(section)
  if (account === undefined || !routes || !polling || !windows) return undefined
  const weight = input?.weight
  return { account, routes, polling, windows, ...(weight === undefined ? {} : { weight }) }
}

function refOf({ team, project, job, service }: WatchInput): ResourceRef {
  return {
    ...(team === undefined ? {} : { team }),
    project,
    kind: job === undefined ? 'services' : 'jobs',
    resource: job ?? service ?? '',
  }
}

function namesOneResource(section: Section): boolean {
  const [hasJob, hasService] = [section.has('job'), section.has('service')]
  if (!hasJob && !hasService) {
    section.refuse('names neither job nor service; name the one to watch, such as job: nightly')
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
