import { createHash } from 'node:crypto'

/** The rights that the reads of builds take, as Northflank's roles name them. */
export const PERMISSIONS = {
  readJobBuild: 'Project > Jobs > Deployment > Deploy Build',
  readJobs: 'Project > Jobs > General > Read',
  readServices: 'Project > Services > General > Read',
} as const

export type Permission = keyof typeof PERMISSIONS

export interface SimulatedToken {
  readonly token: string
  /** Whose hourly limit it spends; `default` unless said otherwise. */
  readonly account?: string
  /** A team's own token: paths without a team mean this one. */
  readonly team?: string
  /** All of them by default. */
  readonly permissions?: readonly Permission[]
}

/** Who asks. The token itself appears nowhere. */
export interface Identity {
  /** The first 8 hex digits of its SHA-256. */
  readonly tokenId: string
  readonly account: string
  readonly team?: string | undefined
  readonly permissions: readonly Permission[]
}

export interface Tokens {
  /** `undefined` for a missing and for an unknown token alike, as the API answers both. */
  identify(authorization: string | undefined): Identity | undefined
}

const ALL: readonly Permission[] = ['readJobBuild', 'readJobs', 'readServices']

/** Without any tokens every token is good, and all spend one limit. */
export function createTokens(accepted: readonly (string | SimulatedToken)[] = []): Tokens {
  const known = new Map(
    accepted.map(asToken).map(({ token, ...rest }) => [token, identityOf({ token, ...rest })]),
  )
  return {
    identify(authorization) {
      const token = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
      if (token === undefined) return undefined
      return known.size === 0 ? identityOf({ token }) : known.get(token)
    },
  }
}

export function tokenId(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 8)
}

function asToken(token: string | SimulatedToken): SimulatedToken {
  return typeof token === 'string' ? { token } : token
}

function identityOf({ token, account = 'default', team, permissions = ALL }: SimulatedToken): Identity {
  return { tokenId: tokenId(token), account, team, permissions }
}
