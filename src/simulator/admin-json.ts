/** The bodies that the admin path takes, as the types that the simulator takes in its own process. */
import { parseBuildKey, resourceKey } from '../domain/build.js'
import { OUTCOMES } from '../domain/outcome.js'
import type { BuildScript } from './build-script.js'
import { CONCLUSION_UNITS, FAULT_KINDS, type FaultRule, isFaultKind } from './fault-rule.js'
import { type JsonFields, type JsonReading, readJsonObject } from './json-fields.js'
import type { ListLength } from './list-lengths.js'
import { resourceOf } from './read-arrivals.js'
import { ALL_PERMISSIONS, type Permission, type TokenChange } from './tokens.js'

const GIB = 2 ** 30
const NO_BUILD = { project: '', kind: 'jobs', resource: '', build: '' } as const

/** A fault rule; see `FaultRule` for what each field means. */
export function readFaultRule(json: unknown): JsonReading<FaultRule> {
  return readJsonObject(json, (fields) => ({
    kind: kindOf(fields),
    path: fields.text('path'),
    build: fields.text('build'),
    account: fields.text('account'),
    tokenId: fields.text('tokenId'),
    times: fields.number('times', { min: 1, whole: true }),
    probability: fields.number('probability', { min: 0, max: 1 }),
    startsInMs: fields.number('startsInMs', { min: 0 }),
    lastsMs: fields.number('lastsMs', { min: 0 }),
    status: fields.number('status', { min: 200, max: 599, whole: true }),
    retryAfter: fields.text('retryAfter'),
    bare: fields.flag('bare'),
    location: fields.text('location'),
    repeats: fields.number('repeats', { min: 1, whole: true }),
    back: fields.number('back', { min: 1, whole: true }),
    fields: fields.texts('fields'),
    unit: fields.word('unit', CONCLUSION_UNITS),
    delayMs: fields.number('delayMs', { min: 0, max: 3_600_000 }),
    bytes: fields.number('bytes', { min: 0, max: GIB, whole: true }),
  }))
}

/** A build script whose `ref` is written as a build key: `{"key": "shop/jobs/nightly/b-1", …}`. */
export function readBuildScript(json: unknown): JsonReading<BuildScript> {
  return readJsonObject(json, (fields) => ({
    ref: refOf(fields),
    startsInMs: fields.number('startsInMs'),
    durationMs: fields.number('durationMs', { min: 0 }),
    outcome: fields.word('outcome', OUTCOMES),
    trace: fields.text('trace'),
    steps: fields.objects('steps', (step) => ({
      status: step.text('status'),
      forMs: step.number('forMs', { min: 0 }) ?? 0,
    })),
    end: fields.object('end', (end) => ({
      status: end.text('status'),
      success: end.flag('success'),
      message: end.nullable('message', (name) => end.text(name)),
    })),
    branch: fields.text('branch'),
    sha: fields.text('sha'),
    pullRequestId: fields.nullable('pullRequestId', (name) => fields.number(name)),
  }))
}

export interface NamedTokenChange extends TokenChange {
  readonly tokenId: string
}

/** `{"tokenId": "1a2b3c4d", "revoked": true}`, `permissions` and `expiresAt` alike. */
export function readTokenChange(json: unknown): JsonReading<NamedTokenChange> {
  return readJsonObject(json, (fields) => ({
    tokenId: needed(fields, 'tokenId', "the first 8 hex digits of the token's SHA-256"),
    revoked: fields.flag('revoked'),
    permissions: permissionsOf(fields),
    expiresAt: fields.nullable('expiresAt', (name) => fields.number(name)),
  }))
}

/** `{"resource": "shop/jobs/nightly", "keeps": 20}`; `null`: as far back as all others. */
export function readListLength(
  json: unknown,
): JsonReading<Pick<ListLength, 'resource'> & { readonly keeps: number | undefined }> {
  return readJsonObject(json, (fields) => {
    const keeps = fields.nullable('keeps', (name) => fields.number(name, { min: 0, whole: true }))
    if (keeps === undefined) fields.problem('keeps', 'a whole number from 0, or null')
    return { resource: resourceKey(resourceOf(fields)), keeps: keeps ?? undefined }
  })
}

function permissionsOf(fields: JsonFields): Permission[] | undefined {
  const words = fields.texts('permissions')
  const known = ALL_PERMISSIONS.filter((permission) => words?.includes(permission))
  if (words?.some((word) => !ALL_PERMISSIONS.some((permission) => permission === word)))
    fields.problem('permissions', `a list of ${ALL_PERMISSIONS.join(', ')}`)
  return words && known
}

function needed(fields: JsonFields, name: string, wanted: string): string {
  const text = fields.text(name)
  if (text === undefined) fields.problem(name, wanted)
  return text ?? ''
}

function kindOf(fields: JsonFields): FaultRule['kind'] {
  const kind = fields.text('kind')
  if (isFaultKind(kind)) return kind
  fields.problem('kind', `one of ${FAULT_KINDS.join(', ')}`)
  return 'throttled'
}

function refOf(fields: JsonFields): BuildScript['ref'] {
  const ref = parseBuildKey(fields.text('key') ?? '')
  if (!ref)
    fields.problem('key', 'a build key such as shop/jobs/nightly/b-1 or teams/acme/shop/services/api/b-1')
  return ref ?? NO_BUILD
}
