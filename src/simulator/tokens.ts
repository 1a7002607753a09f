import { createHash } from 'node:crypto'
import { BuildwatchdError } from '../domain/errors.js'
import type { Clock } from '../domain/ports.js'

/** The rights that the reads of builds take, as Northflank's roles name them. */
export const PERMISSIONS = {
  readJobBuild: 'Project > Jobs > Deployment > Deploy Build',
  readJobs: 'Project > Jobs > General > Read',
  readServices: 'Project > Services > General > Read',
  viewJobLogs: 'Project > Jobs > Deployment > View Instance Logs',
  viewServiceLogs: 'Project > Services > Deployment > View Instance Logs',
} as const

export type Permission = keyof typeof PERMISSIONS

export const ALL_PERMISSIONS: readonly Permission[] = [
  'readJobBuild',
  'readJobs',
  'readServices',
  'viewJobLogs',
  'viewServiceLogs',
]

export interface SimulatedToken {
  readonly token: string
  /** Whose hourly limit it spends; `default` unless said otherwise. */
  readonly account?: string
  /** A team's own token: paths without a team mean this one. */
  readonly team?: string
  /** All of them by default. */
  readonly permissions?: readonly Permission[]
  /** Epoch ms; from then on it is refused. Never by default. */
  readonly expiresAt?: number
}

/** Who asks. The token itself appears nowhere. */
export interface Identity {
  /** The first 8 hex digits of its SHA-256. */
  readonly tokenId: string
  readonly account: string
  readonly team?: string | undefined
  readonly permissions: readonly Permission[]
  /** Epoch ms. */
  readonly expiresAt?: number | undefined
  /** Neither revoked nor expired. One that is not still spends its account's limit, and is logged as itself. */
  readonly isAccepted: boolean
}

/** A token as it stands now. */
interface TokenState extends Omit<Identity, 'isAccepted'> {
  readonly revoked: boolean
}

export interface TokenChange {
  readonly revoked?: boolean | undefined
  readonly permissions?: readonly Permission[] | undefined
  /** Epoch ms; `null`: never. */
  readonly expiresAt?: number | null | undefined
}

export interface Tokens {
  /** `undefined` for a missing and for an unknown token alike, as the API answers both. */
  identify(authorization: string | undefined): Identity | undefined
  /** As it stands. Throws USAGE when there is no such token. */
  state(tokenId: string): TokenState
  /** Holds from the next request on. Throws USAGE when there is no such token. */
  change(tokenId: string, change: TokenChange): TokenState
  /** Where any token is good, those that have been changed. */
  all(): TokenState[]
}

/** Without any tokens every token is good until it is revoked, and all spend one limit. */
export function createTokens(
  accepted: readonly (string | SimulatedToken)[] = [],
  clock: Clock = Date,
): Tokens {
  const known = new Set(accepted.map((token) => asToken(token).token))
  const isOpen = known.size === 0
  const states = new Map(accepted.map(asToken).map((token) => [tokenId(token.token), stateOf(token)]))

  function state(id: string): TokenState {
    const known = states.get(id) ?? (isOpen ? stateOf({ tokenId: id }) : undefined)
    if (known) return known
    throw noSuchToken(id)
  }

  return {
    identify(authorization) {
      const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
      if (token === undefined || !(isOpen || known.has(token))) return undefined
      const { revoked, ...identity } = state(tokenId(token))
      const hasExpired = identity.expiresAt !== undefined && clock.now() >= identity.expiresAt
      return { ...identity, isAccepted: !revoked && !hasExpired }
    },
    state,
    change(id, change) {
      const changed = changedBy(state(id), change)
      states.set(id, changed)
      return changed
    },
    all: () => [...states.values()],
  }
}

export function tokenId(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 8)
}

function asToken(token: string | SimulatedToken): SimulatedToken {
  return typeof token === 'string' ? { token } : token
}

function stateOf(
  from: Omit<SimulatedToken, 'token'> & ({ readonly token: string } | { readonly tokenId: string }),
): TokenState {
  const { account = 'default', team, permissions = ALL_PERMISSIONS, expiresAt } = from
  const id = 'token' in from ? tokenId(from.token) : from.tokenId
  return { tokenId: id, account, team, permissions, expiresAt, revoked: false }
}

function changedBy(state: TokenState, change: TokenChange): TokenState {
  return {
    ...state,
    revoked: change.revoked ?? state.revoked,
    permissions: change.permissions ?? state.permissions,
    expiresAt: change.expiresAt === undefined ? state.expiresAt : (change.expiresAt ?? undefined),
  }
}

function noSuchToken(id: string): BuildwatchdError {
  return new BuildwatchdError(
    'USAGE',
    `There is no token of the id ${JSON.stringify(id)}; it is the first 8 hex digits of the token's SHA-256, as in the log of answers.`,
  )
}
