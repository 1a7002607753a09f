import { createHash } from 'node:crypto'
import type { Route } from '../domain/route.js'
import {
  type FeedTarget,
  type Interest,
  type NamedBuild,
  type PollingRails,
  type Target,
  targetsOf,
  type Windows,
} from '../domain/target.js'
import type { AccountSettings, Configuration } from './configuration.js'

export type Wanted = Pick<
  Configuration,
  'watches' | 'accounts' | 'accountRoutes' | 'retention' | 'stuck' | 'digestSchedule'
> & {
  /** Names. */
  readonly notifiers: Iterable<string>
}

/**
 * sha256 in hex over what is wanted of the API, of the record and of the notifiers. Replicas with equal wishes get equal
 * digests, however their files are cut, ordered or commented; no secret goes in, because the digest is written to Redis.
 * What is hashed is JSON of nested lists in a fixed order, so that equal wishes are equal texts.
 */
export function digestOf(wanted: Wanted): string {
  const { watches, notifiers, accounts, accountRoutes, retention, stuck, digestSchedule } = wanted
  const facts = [
    targetsOf(watches).map(targetFacts).sort(byFirst),
    [...notifiers].sort(),
    [...accounts.values()].map(accountFacts).sort(byFirst),
    [...accountRoutes].map(([account, routes]): Facts => [account, routeFacts(routes)]).sort(byFirst),
    [retention.buildsMs, retention.eventsMs, retention.maxEvents, retention.linesMs],
    [stuck.factor, stuck.atLeastMs, stuck.unschedulableMs],
    digestSchedule && [digestSchedule.cron, digestSchedule.timezone, routeFacts(digestSchedule.routes)],
  ]
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex')
}

type Facts = readonly [name: string, ...facts: unknown[]]

/** The id is the build key or resource key, so it says all that `ref` says. */
function targetFacts(target: Target): Facts {
  const { id, kind, account, polling, weight = 1 } = target
  const wanted = kind === 'feed' ? feedFacts(target) : tellingFacts(target)
  return [id, kind, account, [...railFacts(polling), weight], wanted]
}

function feedFacts({ interests, named }: FeedTarget): unknown[] {
  return [interests.map(interestFacts).sort(byFirst), named.map(namedFacts).sort(byFirst)]
}

/** The id says all that the filter and `sinceAt` say. */
function interestFacts({ id, catchUpMs, ...telling }: Interest): Facts {
  return [id, catchUpMs, tellingFacts(telling)]
}

function namedFacts({ build, ...telling }: NamedBuild): Facts {
  return [build, tellingFacts(telling)]
}

function tellingFacts({ routes, windows }: { routes: readonly Route[]; windows: Windows }): unknown[] {
  return [routeFacts(routes), distinct(windows.map(({ cron, timezone }) => `${timezone} ${cron}`))]
}

/**
 * Names and words hold no blank and no comma. Whose routes come first makes no difference. That of one notifier's routes does
 * once any says more than whom and what, for the first that matches decides.
 */
function routeFacts(routes: readonly Route[]): readonly string[] {
  const facts = routes.toSorted((a, b) => (a.to < b.to ? -1 : Number(a.to > b.to))).map(routeFact)
  return facts.some(({ isPlain }) => !isPlain)
    ? [...new Set(facts.map(({ text }) => text))]
    : distinct(facts.map(({ text }) => text))
}

function routeFact({ to, on, branches, after, oncePer, template, quietHours }: Route) {
  const quiet = quietHours && [
    `${quietHours.timezone} ${quietHours.cron}`,
    quietHours.instead,
    distinct(quietHours.except),
  ]
  const more = [branches, after, oncePer, template, quiet]
  const isPlain = more.every((option) => option === undefined)
  const plain = `${to} ${distinct(on).join()}`
  return { isPlain, text: isPlain ? plain : `${plain} ${JSON.stringify(more)}` }
}

function distinct(texts: readonly string[]): readonly string[] {
  return texts.length < 2 ? texts : [...new Set(texts)].sort()
}

function railFacts({ minIntervalMs, maxIntervalMs, timeoutMs }: PollingRails): unknown[] {
  return [minIntervalMs, maxIntervalMs, timeoutMs]
}

function accountFacts({ name, baseUrl, reserve }: AccountSettings): Facts {
  return [name, baseUrl, reserve.kind === 'share' ? [reserve.share] : reserve.requests]
}

function byFirst([a]: Facts, [b]: Facts): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
