/**
 * The transport of a process that reads a few times and ends: Node's own HTTP client, which is there in 15 ms where undici and
 * fetch together take 250. It knows no proxy. All else is as in pooled-transport.ts; the same tests hold for both.
 */
import type { Agent, IncomingMessage, request as request_ } from 'node:http'
import { pipeline, type Readable } from 'node:stream'
import type { Transport } from './exchange.js'
import type { ByteSource } from './read-body.js'

interface Client {
  readonly request: typeof request_
  readonly agent: Agent
}

export function createLeanTransport(baseUrl: string): Transport {
  let loaded: Promise<Client> | undefined
  return {
    async ready() {
      const client = await (loaded ??= load(baseUrl))
      return async (url, headers, signal) => {
        const message = await responseTo(client, url, { headers, signal })
        const body = sourceOf(await decoded(message))
        return { status: message.statusCode ?? 0, headers: headersOf(message), body }
      }
    },
    async close() {
      const client = await loaded
      client?.agent.destroy()
    },
  }
}

async function load(baseUrl: string): Promise<Client> {
  const { request, Agent } = await (baseUrl.startsWith('https:') ? import('node:https') : import('node:http'))
  return { request, agent: new Agent({ keepAlive: true }) }
}

function responseTo(
  { request, agent }: Client,
  url: URL,
  { headers, signal }: { readonly headers: Record<string, string>; readonly signal: AbortSignal },
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url, { agent, headers: { ...headers, 'accept-encoding': 'gzip, deflate' }, signal })
      .on('response', resolve)
      .on('error', reject)
      // A change of protocol is an answer too, without a body; unheard it would close the request and say nothing.
      .on('upgrade', (message, socket) => {
        socket.destroy()
        resolve(message)
      })
      .on('close', () => reject(new Error('the connection was closed before an answer')))
      .end()
  })
}

function headersOf({ headers }: IncomingMessage): ReadonlyMap<string, string> {
  return new Map(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

/** What is encoded in a way that was not asked for stays as it is, and will be no JSON. */
async function decoded(message: IncomingMessage): Promise<Readable> {
  const encoding = message.headers['content-encoding']?.toLowerCase()
  if (encoding !== 'gzip' && encoding !== 'x-gzip' && encoding !== 'deflate') return message
  const { createUnzip } = await import('node:zlib')
  // Whoever reads hears what breaks it.
  return pipeline(message, createUnzip(), () => undefined)
}

function sourceOf(stream: Readable): ByteSource {
  const chunks: AsyncIterator<Uint8Array, undefined> = stream[Symbol.asyncIterator]()
  return {
    read: () => chunks.next(),
    async cancel() {
      stream.destroy()
    },
  }
}
