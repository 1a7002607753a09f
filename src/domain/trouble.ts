/**
 * The watcher's own trouble, apart from the builds': what keeps it from seeing. A single failed probe is none; trouble is
 * what lasts, and each kind has its own measure of that. It is told once when it begins and once when it is over.
 */
import type { ErrorCode } from './errors.js'

export const TROUBLES = [
  'unreachable',
  'unauthorized',
  'forbidden',
  'throttled',
  'gone',
  'stale',
  'abandoned',
] as const
export type Trouble = (typeof TROUBLES)[number]

/** Whose trouble: an account's shows at all its targets at once. */
export type Scope = 'account' | 'target'

/** What is known of one account or target; kept in Redis under its subject. Instants are epoch ms. */
export interface TroubleRecord {
  /** Counts the changes of this record: whoever changes it says which one it has read. */
  readonly rev: number
  /** Counts the troubles of this subject. */
  readonly episode: number
  readonly trouble?: Trouble
  /** When the present trouble was noted. */
  readonly since?: number
  /** The present run of failed probes: of what kind, since when, how many that count, the last that did. */
  readonly failing?: Failing
}

interface Failing {
  readonly kind: Trouble
  readonly since: number
  readonly count: number
  readonly lastAt: number
  readonly code: ErrorCode
  /** The error's words; they hold no secret. */
  readonly detail: string
}

export const NO_TROUBLE: TroubleRecord = { rev: 0, episode: 0 }

/** How long, and how often, a probe must fail in one way before that is trouble. */
interface TroubleLimits {
  readonly afterMs: number
  readonly count: number
  /** A failure sooner after the last one that counted counts as the same. */
  readonly spacedMs: number
}

export type TroubleRules = Readonly<Record<Exclude<Trouble, 'abandoned'>, TroubleLimits>>

const SECOND = 1000
const MINUTE = 60 * SECOND

export const TROUBLE_RULES: TroubleRules = {
  unreachable: { afterMs: MINUTE, count: 2, spacedMs: SECOND },
  unauthorized: { afterMs: 5 * SECOND, count: 2, spacedMs: SECOND },
  throttled: { afterMs: 0, count: 1, spacedMs: 0 },
  forbidden: { afterMs: 4 * SECOND, count: 2, spacedMs: SECOND },
  // A build may be unknown for a moment after it was created.
  gone: { afterMs: MINUTE, count: 3, spacedMs: 10 * SECOND },
  stale: { afterMs: 15 * MINUTE, count: 3, spacedMs: SECOND },
}

const BY_CODE: Partial<Record<ErrorCode, { scope: Scope; kind: Trouble }>> = {
  API_UNREACHABLE: { scope: 'account', kind: 'unreachable' },
  API_TIMED_OUT: { scope: 'account', kind: 'unreachable' },
  API_WRONG_ROUTE: { scope: 'account', kind: 'unreachable' },
  API_UNAUTHORIZED: { scope: 'account', kind: 'unauthorized' },
  SECRET_UNREADABLE: { scope: 'account', kind: 'unauthorized' },
  API_THROTTLED: { scope: 'account', kind: 'throttled' },
  API_FORBIDDEN: { scope: 'target', kind: 'forbidden' },
  API_NOT_FOUND: { scope: 'target', kind: 'gone' },
}

/** Trouble of a target that shows its account to be well: it was reached, and the token accepted. */
const ANSWERED: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['API_FORBIDDEN', 'API_NOT_FOUND'])

/** What a failed probe may be the sign of. A target that is failed by its account's trouble, or by answers that are no builds, goes stale. */
export function signOf(code: ErrorCode, scope: Scope): Trouble | undefined {
  const sign = BY_CODE[code]
  if (sign?.scope === scope) return sign.kind
  return scope === 'target' ? 'stale' : undefined
}

export interface ProbeFault {
  readonly code: ErrorCode
  readonly detail: string
}

/** What one probe means for the record of its account or target. */
export type TroubleChange =
  | { readonly kind: 'none' }
  /** To be written; nobody is told. */
  | { readonly kind: 'noted'; readonly next: TroubleRecord }
  | { readonly kind: 'troubled'; readonly next: TroubleRecord; readonly trouble: Trouble }
  | {
      readonly kind: 'recovered'
      readonly next: TroubleRecord
      readonly trouble: Trouble
      readonly since: number
    }

export function afterGoodProbe(known: TroubleRecord): TroubleChange {
  const { rev, episode, trouble, since } = known
  if (trouble === undefined && known.failing === undefined) return { kind: 'none' }
  const next = { rev: rev + 1, episode }
  if (trouble === undefined || since === undefined) return { kind: 'noted', next }
  return { kind: 'recovered', next, trouble, since }
}

export function afterFailedProbe(
  known: TroubleRecord,
  { fault, scope, now, rules }: { fault: ProbeFault; scope: Scope; now: number; rules: TroubleRules },
): TroubleChange {
  if (scope === 'account' && ANSWERED.has(fault.code)) return afterGoodProbe(known)
  const sign = signOf(fault.code, scope)
  if (sign === undefined || sign === 'abandoned' || known.trouble === 'abandoned') return { kind: 'none' }
  const failing = failingOn(known.failing, { kind: sign, fault, now, spacedMs: rules[sign].spacedMs })
  const lasts = failing.count >= rules[sign].count && now - failing.since >= rules[sign].afterMs
  const next = { ...known, rev: known.rev + 1, failing }
  if (lasts && known.trouble !== sign) {
    const troubled = { ...next, episode: known.episode + 1, trouble: sign, since: now }
    return { kind: 'troubled', trouble: sign, next: troubled }
  }
  return failing === known.failing ? { kind: 'none' } : { kind: 'noted', next }
}

/** The very record when this failure counts as the last one. */
function failingOn(
  known: Failing | undefined,
  { kind, fault, now, spacedMs }: { kind: Trouble; fault: ProbeFault; now: number; spacedMs: number },
): Failing {
  if (known?.kind !== kind) return { kind, since: now, count: 1, lastAt: now, ...fault }
  // Apart in either direction, and lasting from now at the latest: a clock that was set back must not put trouble off.
  if (Math.abs(now - known.lastAt) < spacedMs) return known
  return { ...known, ...fault, since: Math.min(known.since, now), count: known.count + 1, lastAt: now }
}

/** After a week nobody asks any more, until a reload. */
export function abandoned(known: TroubleRecord, now: number): TroubleChange & { readonly kind: 'troubled' } {
  const next = {
    ...known,
    rev: known.rev + 1,
    episode: known.episode + 1,
    trouble: 'abandoned' as const,
    since: now,
  }
  return { kind: 'troubled', trouble: 'abandoned', next }
}

/** Subject of an account's trouble, beside the ids of targets. */
export function accountSubject(account: string): string {
  return `accounts/${account}`
}
