/**
 * The connections to one API, kept alive between polls, through the proxy that the environment names. Certificates named by
 * NODE_EXTRA_CA_CERTS hold here too, behind a proxy as well: Node adds them to its defaults, which nothing here replaces.
 */
import type { Dispatcher, EnvHttpProxyAgent } from 'undici'
import { BuildwatchdError } from '../domain/errors.js'

export interface DispatcherSource {
  get(): Promise<Dispatcher>
  /** Drops all connections; requests under way end with an error. */
  close(): Promise<void>
}

export interface DispatcherSettings {
  readonly baseUrl: string
  /** Also the limit for connecting, so that no half-open connection outlives its request by long. */
  readonly timeoutMs: number
  /** For HTTP_PROXY, HTTPS_PROXY and NO_PROXY, in either case. */
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Longer than most pauses between polls (undici's own is 4 s), shorter than the minute of common load balancers. */
const KEEP_ALIVE_MS = 55_000

export function createDispatcherSource(settings: DispatcherSettings): DispatcherSource {
  const proxy = proxyFor(settings)
  let opened: Promise<EnvHttpProxyAgent> | undefined
  return {
    get: () => (opened ??= open(settings, proxy)),
    async close() {
      const agent = await opened
      await agent?.destroy()
    },
  }
}

/** A dispatcher of the caller's, who also closes it. */
export function borrowedDispatcher(dispatcher: Dispatcher): DispatcherSource {
  return { get: async () => dispatcher, close: async () => undefined }
}

async function open(
  { baseUrl, timeoutMs, env }: DispatcherSettings,
  proxy: string,
): Promise<EnvHttpProxyAgent> {
  // Loading undici takes about 85 ms: not at start-up.
  const { EnvHttpProxyAgent, Pool } = await import('undici')
  return new EnvHttpProxyAgent({
    // Both, lest an https:// API go through HTTP_PROXY, to which undici falls back; '' is none.
    httpProxy: proxy,
    httpsProxy: proxy,
    noProxy: env.no_proxy ?? env.NO_PROXY ?? '',
    // Forward proxies commonly refuse CONNECT for anything but https.
    proxyTunnel: baseUrl.startsWith('https:'),
    keepAliveTimeout: KEEP_ALIVE_MS,
    connect: { timeout: timeoutMs },
    requestTls: { timeout: timeoutMs },
    proxyTls: { timeout: timeoutMs },
    // A proxy that takes CONNECT and says nothing: the request is given up at its deadline, this connection here.
    clientFactory: (origin, options) => new Pool(origin, { ...options, headersTimeout: timeoutMs }),
  })
}

/** The proxy for the scheme of the API, `''` for none; throws CONFIG_INVALID for one that is none. `proxy:3128`, which curl takes, is taken too. */
export function proxyFor({ baseUrl, env }: Pick<DispatcherSettings, 'baseUrl' | 'env'>): string {
  const name = baseUrl.startsWith('https:') ? 'https_proxy' : 'http_proxy'
  const value = env[name] || env[name.toUpperCase()] || ''
  if (value === '') return ''
  const url = value.includes('://') ? value : `http://${value}`
  if (URL.canParse(url) && /^(?:https?|socks5?):/.test(url)) return url
  // The value itself may hold a password.
  throw new BuildwatchdError(
    'CONFIG_INVALID',
    `the environment variable ${name} (or ${name.toUpperCase()}) is no proxy URL such as http://proxy.example.com:3128`,
  )
}
