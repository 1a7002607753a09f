import { createRateWindow, type RateWindow } from './rate-window.js'

/** What a token may read. `deploy_build` is the right that *get job build* asks for. */
export type Right = 'jobs:read' | 'jobs:deploy_build' | 'services:read'

export interface TokenFacts {
  /** Tokens of one account share its allowance. */
  readonly account?: string
  /** All rights when left out. */
  readonly rights?: readonly Right[]
}

export interface AccessOptions {
  /** The tokens that are accepted; any token when undefined. */
  readonly tokens: Readonly<Record<string, TokenFacts>> | undefined
  /** Requests per window and account. */
  readonly limit: number
  readonly windowMs: number
}

export interface Caller {
  readonly account: string
  may(right: Right): boolean
}

export interface Access {
  /** `undefined` when the token is missing or unknown. */
  caller(token: string): Caller | undefined
  window(account: string): RateWindow
  /** A token that was valid is refused from now on, or the other way round. */
  setToken(token: string, facts: TokenFacts | undefined): void
}

const ANONYMOUS = 'default'

export function createAccess({ tokens, limit, windowMs }: AccessOptions): Access {
  const known = tokens && new Map(Object.entries(tokens))
  const revoked = new Set<string>()
  const windows = new Map<string, RateWindow>()

  function factsOf(token: string): TokenFacts | undefined {
    if (token === '' || revoked.has(token)) return undefined
    return known ? known.get(token) : {}
  }

  return {
    caller(token) {
      const facts = factsOf(token)
      if (!facts) return undefined
      return { account: facts.account ?? ANONYMOUS, may: (right) => facts.rights?.includes(right) ?? true }
    },
    window(account) {
      const window = windows.get(account) ?? createRateWindow({ limit, windowMs })
      windows.set(account, window)
      return window
    },
    setToken(token, facts) {
      if (facts) revoked.delete(token)
      else revoked.add(token)
      if (facts) known?.set(token, facts)
    },
  }
}
