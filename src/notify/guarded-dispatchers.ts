/**
 * undici agents whose every new connection passes the egress guard. A name is resolved once, all of its answers are
 * checked, and the socket gets exactly those: an answer that changes in between (DNS rebinding) is never asked for.
 * There is one agent per policy, so that a connection opened for a lenient notifier is not reused by a strict one.
 */
import type { LookupFunction } from 'node:net'
import { isNativeError } from 'node:util/types'
import type { Agent, buildConnector, Dispatcher, EnvHttpProxyAgent } from 'undici'
import { type EgressPolicy, type Resolve, type ResolvedAddress, resolveAllowed } from './egress-guard.js'

export interface GuardDeps {
  readonly resolve: Resolve
  /** For HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface GuardedDispatchers {
  /** A dispatcher for this policy. Rejects with EGRESS_REFUSED when a proxy stands between and the target is forbidden. */
  admit(url: URL, policy: EgressPolicy): Promise<Dispatcher>
  close(): Promise<void>
}

type Undici = typeof import('undici')

export function createGuardedDispatchers(deps: GuardDeps): GuardedDispatchers {
  const agents = new Map<string, Promise<Agent | EnvHttpProxyAgent>>()
  const proxies = proxiesOf(deps.env)

  function agentFor(policy: EgressPolicy): Promise<Agent | EnvHttpProxyAgent> {
    const key = JSON.stringify([policy.allowPrivate, policy.allowInsecure])
    const known = agents.get(key) ?? createAgent(policy, { proxies, resolve: deps.resolve })
    agents.set(key, known)
    return known
  }

  return {
    async admit(url, policy) {
      if (proxies) await assertProxiedTargetAllowed(url, policy, deps.resolve)
      return agentFor(policy)
    },
    async close() {
      const open = await Promise.all(agents.values())
      agents.clear()
      await Promise.all(open.map((agent) => agent.destroy()))
    },
  }
}

interface Proxies {
  readonly httpProxy: string
  readonly httpsProxy: string
  readonly noProxy: string
}

function proxiesOf(env: GuardDeps['env']): Proxies | undefined {
  const httpProxy = env.http_proxy || env.HTTP_PROXY || ''
  const httpsProxy = env.https_proxy || env.HTTPS_PROXY || ''
  if (httpProxy === '' && httpsProxy === '') return undefined
  return { httpProxy, httpsProxy, noProxy: env.no_proxy ?? env.NO_PROXY ?? '' }
}

/**
 * A proxy connects on our behalf, so the target is resolved and checked before CONNECT. What only the proxy can resolve
 * cannot be checked here and is not sent, unless the notifier may reach private addresses anyway.
 */
async function assertProxiedTargetAllowed(url: URL, policy: EgressPolicy, resolve: Resolve): Promise<void> {
  const everythingAllowed = policy.allowPrivate && (policy.allowInsecure || url.protocol === 'https:')
  if (!everythingAllowed) await resolveAllowed(url, policy, resolve)
}

interface AgentDeps {
  readonly proxies: Proxies | undefined
  readonly resolve: Resolve
}

async function createAgent(policy: EgressPolicy, deps: AgentDeps): Promise<Agent | EnvHttpProxyAgent> {
  // Loading undici takes about 85 ms: not at start-up.
  const undici = await import('undici')
  const connect = guardedConnector(undici, policy, deps.resolve)
  return deps.proxies
    ? new undici.EnvHttpProxyAgent({ ...deps.proxies, connect })
    : new undici.Agent({ connect })
}

function guardedConnector(undici: Undici, policy: EgressPolicy, resolve: Resolve): buildConnector.connector {
  const connectChecked: Connect = async (target, callback) => {
    try {
      const addresses = await resolveAllowed(target, policy, resolve)
      undici.buildConnector({ lookup: fixedLookup(addresses) })(target, callback)
    } catch (error) {
      callback(isNativeError(error) ? error : new Error(String(error)), null)
    }
  }
  return (target, callback) => void connectChecked(target, callback)
}

type Connect = (...args: Parameters<buildConnector.connector>) => Promise<void>

/** Answers with the addresses that were checked, whatever is asked and however often. */
function fixedLookup(addresses: readonly ResolvedAddress[]): LookupFunction {
  const [first] = addresses
  return (_hostname, options, done) => {
    if (options.all === true) done(null, [...addresses])
    else done(null, first?.address ?? '', first?.family)
  }
}
