import type { BuildKey } from '../domain/build.js'

/** What one answer said of one build; absent where the answer did not say it, or not in its documented type. */
export interface ServedBuild {
  readonly key: BuildKey
  readonly status?: string
  readonly concluded?: boolean
}

/** An answer as data; how it goes through the wire is `wire-faults.ts`'s to say. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly builds: readonly ServedBuild[]
}

const JSON_TYPE = 'application/json; charset=utf-8'

export function jsonAnswer(content: object, builds: readonly ServedBuild[] = []): Answer {
  return { status: 200, headers: { 'content-type': JSON_TYPE }, body: JSON.stringify(content), builds }
}

export interface Refusal {
  readonly status: number
  readonly message: string
  readonly details?: object
}

/** The service's error body. */
export function refusal({ status, message, details }: Refusal): Answer {
  const error = { status, message, ...(details === undefined ? {} : { details }) }
  return { status, headers: { 'content-type': JSON_TYPE }, body: JSON.stringify({ error }), builds: [] }
}

export function textAnswer(status: number, type: string, body: string): Answer {
  return { status, headers: { 'content-type': `${type}; charset=utf-8` }, body, builds: [] }
}

export const NO_ROUTE: Refusal = { status: 404, message: 'Not Found' }
export const BAD_TOKEN: Refusal = {
  status: 401,
  message: 'Authentication failed: missing or invalid API token.',
}
export const OVER_LIMIT: Refusal = { status: 429, message: 'Rate limit exceeded.' }

export function lacking(permission: string): Refusal {
  return { status: 403, message: `Insufficient permissions: requires ${permission}.` }
}
