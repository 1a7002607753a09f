/**
 * What a probe says of the watcher's own trouble: of the account, which shows at all its targets at once, and of the target
 * itself. Whoever finds that another probe has changed the record meanwhile leaves it at that: the next one looks again.
 */
import type { BuildwatchdError } from '../domain/errors.js'
import { troubleEvent } from '../domain/event.js'
import { isoInstant } from '../domain/instant.js'
import type { Clock, Logger, Targets, Troubles } from '../domain/ports.js'
import { type Route, TROUBLE_TRIGGERS } from '../domain/route.js'
import {
  abandoned,
  afterFailedProbe,
  afterGoodProbe,
  type Scope,
  type TroubleChange,
  type TroubleRecord,
  type TroubleRules,
} from '../domain/trouble.js'

export interface TroublePorts {
  readonly troubles: Troubles
  readonly targets: Pick<Targets, 'accountRoutes'>
  readonly troubleRules: TroubleRules
  readonly clock: Clock
  readonly logger: Logger
}

/** An account or target, and what is known of its trouble. */
export interface Patient {
  readonly subject: string
  readonly scope: Scope
  readonly account: string
  /** Of a target, or of a build that a watch wants; an account's are looked up when they are needed. */
  readonly routes?: readonly Route[]
  readonly known: TroubleRecord
}

/** All answers with the record as it then stands, as far as this probe knows. */
export async function noteGood(patient: Patient, ports: TroublePorts): Promise<TroubleRecord> {
  return note(patient, afterGoodProbe(patient.known), ports)
}

export async function noteFailed(
  patient: Patient,
  error: BuildwatchdError,
  ports: TroublePorts,
): Promise<TroubleRecord> {
  const { scope, known } = patient
  const fault = { code: error.code, detail: error.message }
  const facts = { fault, scope, now: ports.clock.now(), rules: ports.troubleRules }
  return note(patient, afterFailedProbe(known, facts), ports)
}

export async function noteAbandoned(patient: Patient, ports: TroublePorts): Promise<TroubleRecord> {
  return note(patient, abandoned(patient.known, ports.clock.now()), ports)
}

async function note(patient: Patient, change: TroubleChange, ports: TroublePorts): Promise<TroubleRecord> {
  if (change.kind === 'none') return patient.known
  if (change.kind === 'noted') {
    await ports.troubles.note(patient.subject, change.next)
    return change.next
  }
  const told = { event: eventOf(patient, change, ports.clock.now()), routes: await routesOf(patient, ports) }
  if (await ports.troubles.note(patient.subject, change.next, told)) say(patient, change, ports)
  return change.next
}

type Told = TroubleChange & { readonly kind: 'troubled' | 'recovered' }

function eventOf({ subject, scope, account }: Patient, change: Told, at: number) {
  const { trouble, next } = change
  const facts = { subject, at, trouble, scope, account, episode: next.episode }
  if (change.kind === 'recovered') {
    const lastedMs = Math.max(0, at - change.since)
    return troubleEvent('recovered', { ...facts, since: isoInstant(change.since), lastedMs })
  }
  const { since = at, code, detail } = next.failing ?? {}
  return troubleEvent('troubled', {
    ...facts,
    since: isoInstant(since),
    ...(code === undefined ? {} : { code }),
    ...(detail === undefined ? {} : { detail }),
  })
}

async function routesOf(
  { scope, account, routes = [] }: Patient,
  { targets }: TroublePorts,
): Promise<readonly Route[]> {
  const words: ReadonlySet<string> = new Set(TROUBLE_TRIGGERS)
  const all = scope === 'account' ? await targets.accountRoutes(account) : routes
  return all.filter(({ on }) => on.some((word) => words.has(word)))
}

function say({ subject }: Patient, change: Told, { logger }: TroublePorts): void {
  const { trouble } = change
  if (change.kind === 'recovered') logger.info({ subject, trouble }, 'can be seen again')
  else logger.warn({ subject, trouble, error: change.next.failing?.detail }, TROUBLE_WORDS[trouble])
}

const TROUBLE_WORDS: Readonly<Record<NonNullable<TroubleRecord['trouble']>, string>> = {
  unreachable: 'the API cannot be reached; the watches go on',
  unauthorized: 'the API does not accept the token; the watches go on',
  forbidden: 'the token may not read this on any path; it is asked once an hour',
  throttled: 'the account has no requests left; its watches wait for the reset',
  gone: 'this is not to be found any more; it is asked once an hour',
  stale: 'this has not been seen for long; the watch goes on',
  abandoned: 'this could not be seen for a week: given up until the next reload or start',
}
