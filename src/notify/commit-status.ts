/** What the kinds that mark commits share: which commit, in which repository, under which name, and in which words. */
import { z } from 'zod'
import { parseBuildKey, resourceKey } from '../domain/build.js'
import { matchesGlob } from '../domain/build-filter.js'
import type { SendResult } from '../domain/delivery.js'
import { BuildwatchdError } from '../domain/errors.js'
import { CONCLUDED, type WatchEvent } from '../domain/event.js'
import type { Occasion } from '../domain/occasion.js'
import type { Outcome } from '../domain/outcome.js'
import type { OutgoingDelivery, Secret } from '../domain/ports.js'
import { safeText } from '../domain/safe-text.js'
import { type HttpOptions, policyOf } from './http-options.js'
import type { HttpResult, HttpSender } from './http-sender.js'
import { messageOf } from './message.js'
import type { NotifierSettings } from './notifier-kind.js'
import type { StatusTable } from './status-table.js'
import { ownText } from './template.js'

/** A whole object name of git, SHA-1 or SHA-256; it is part of the URL. */
const SHA = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i
/** What can stand in a header. */
const TOKEN = /^[\x21-\x7e]+$/
const PLACEHOLDER = /<(resource|name)>/g

export const contextOption = z
  .string()
  .min(1)
  .refine(
    (text) => !/[<>]/.test(text.replace(PLACEHOLDER, '')),
    'may hold <resource> and <name>, no other < or >',
  )
  .default('northflank/<resource>')
  .describe(
    'The name of the status, the same for all builds of a job or service: `<resource>` is its key, such as shop/jobs/nightly, `<name>` its last part.',
  )

/** The options in the words of a service, so that they read as people there speak. */
export interface Home {
  /** For all jobs and services that `many` does not match. */
  readonly one: string | undefined
  /** By globs of keys of jobs and services; the first that matches decides. */
  readonly many: Readonly<Record<string, string>>
  /** `repository`, `project`. */
  readonly word: string
}

export interface Place {
  readonly sha: string
  /** Key of the job or service. */
  readonly resource: string
  readonly name: string
  readonly home: string
}

/** Where the status of this event is to stand, or why nowhere. */
export function placeOf(event: WatchEvent, { one, many, word }: Home): Place | string {
  const ref = parseBuildKey(event.subject)
  if (!('build' in event.data) || ref === undefined) return 'no commit to mark: it is about no build'
  const { sha = '' } = event.data.build
  if (!SHA.test(sha)) return 'no commit to mark: the build tells no whole commit id'
  const resource = resourceKey(ref)
  const [, home = one] = Object.entries(many).find(([glob]) => matchesGlob(glob, resource)) ?? []
  if (home === undefined) return `no commit to mark: the settings name no ${word} for ${safeText(resource)}`
  return { sha: sha.toLowerCase(), resource, name: ref.resource, home }
}

export function contextOf(template: string, { resource, name }: Place): string {
  return template.replaceAll(PLACEHOLDER, (_, word) => (word === 'name' ? name : resource))
}

/** `undefined` while the build has not concluded. */
export function outcomeIn(event: WatchEvent): Outcome | undefined {
  return event.type === CONCLUDED ? (event.data.outcome ?? 'unknown') : undefined
}

/** One line; the services show it as plain text. */
export async function describe(occasion: Occasion, template: string | undefined): Promise<string> {
  const own = await ownText(occasion, template, safeText)
  return own?.replaceAll(/\s+/g, ' ').trim() || messageOf(occasion).words
}

/** How one service is asked. */
export interface StatusService {
  readonly http: HttpSender
  readonly notifier: NotifierSettings<HttpOptions & { readonly api_url: string }>
  readonly home: Home
  /** What a token looks like, for who has none. */
  readonly tokenWords: string
  /** Below the base URL. */
  path(place: Place): string
  headers(token: string): Readonly<Record<string, string>>
  table(body: string): StatusTable
  /** What the service's own words leave to guess. */
  explained(result: HttpResult): HttpResult
}

/** Sends the frozen status to where it is to stand; nothing where it has no place. */
export async function sendStatus(
  { body, idempotencyKey, delivery }: OutgoingDelivery,
  signal: AbortSignal,
  service: StatusService,
): Promise<SendResult> {
  const { name, options, secrets } = service.notifier
  const place = placeOf(delivery.event, service.home)
  if (!body.startsWith('{')) return { kind: 'accepted', detail: body }
  // What the settings have come to say since.
  if (typeof place === 'string') return { kind: 'accepted', detail: place }
  const token = await revealedToken(name, secrets.token, service.tokenWords)
  const url = `${options.api_url.replace(/\/+$/, '')}${service.path(place)}`
  const headers = { 'content-type': 'application/json; charset=utf-8', ...service.headers(token) }
  const policy = { ...policyOf(options), statusTable: service.table(body), signal, secrets: [token] }
  return service.explained(
    await service.http.send({ url, method: 'POST', headers, body, idempotencyKey }, policy),
  )
}

async function revealedToken(name: string, secret: Secret | undefined, cure: string): Promise<string> {
  const token = (await secret?.reveal())?.trim() ?? ''
  if (TOKEN.test(token)) return token
  throw new BuildwatchdError('SECRET_UNREADABLE', `notifiers.${name}.token: must be ${cure}`)
}
