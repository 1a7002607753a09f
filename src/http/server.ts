import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { BuildwatchdError } from '../domain/errors.js'
import type { Logger } from '../domain/ports.js'
import { createRoutes, type HttpSources } from './routes.js'

export interface HttpServerOptions {
  /** `port` 0 takes any free one. */
  readonly listen: { readonly host: string; readonly port: number }
  readonly sources: HttpSources
  readonly logger: Logger
  /** How long {@link HttpServer.close} waits for answers in hand. */
  readonly graceMs: number
}

export interface HttpServer {
  readonly url: string
  /** Takes no more questions, ends what is in hand, and frees the port. */
  close(): Promise<void>
}

/** A question has no body and a few headers: whoever takes longer only holds a connection. */
const REQUEST_TIMEOUT_MS = 10_000

/** Rejects with PORT_TAKEN when the address is in use, or not to be had for another reason. */
export async function startHttpServer({
  listen: at,
  sources,
  logger,
  graceMs,
}: HttpServerOptions): Promise<HttpServer> {
  const answer = getRequestListener(createRoutes(sources, logger).fetch, { overrideGlobalObjects: false })
  const timeouts = { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS }
  const server = createServer(timeouts, (incoming, outgoing) => void answer(incoming, outgoing))
  const port = await listen(server, at)
  server.on('error', (error) => logger.warn({ error }, 'the HTTP server has trouble'))
  const host = at.host.includes(':') ? `[${at.host}]` : at.host
  return { url: `http://${host}:${port}`, close: () => close(server, graceMs) }
}

async function listen(server: Server, { host, port }: HttpServerOptions['listen']): Promise<number> {
  try {
    server.listen(port, host)
    await once(server, 'listening')
  } catch (cause) {
    const code = codeOf(cause)
    const message = `http: ${host}:${port} cannot be listened on (${code}). ${cureOf(code)}`
    throw new BuildwatchdError('PORT_TAKEN', message, { cause })
  }
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error
    ? String(error.code)
    : 'no reason given'
}

function cureOf(code: string): string {
  return code === 'EADDRINUSE' || code === 'EACCES'
    ? 'Set another http.port; 0 takes any free one.'
    : 'Set http.host to an address of this machine, such as 127.0.0.1.'
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = once(server, 'close')
  server.close()
  const patience = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed.finally(() => clearTimeout(patience))
}
