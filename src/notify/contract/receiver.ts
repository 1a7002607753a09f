/** A real HTTP server on a free port of 127.0.0.1 that remembers what it got and answers as told. */
import { once } from 'node:events'
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

interface Received {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export type Answer = (response: ServerResponse, received: Received) => void

export interface Receiver {
  readonly origin: string
  readonly port: number
  readonly received: Received[]
  /** How the following requests are answered; 200 at first. */
  readonly answerWith: (answer: Answer) => void
  /** Resolves when the next request has come in completely. */
  nextRequest(): Promise<void>
  close(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const received: Received[] = []
  let answer: Answer = status(200)
  const server = createServer((request, response) => {
    // A sender that goes away breaks our answers off; that is its right.
    response.on('error', () => undefined)
    void serve(request, response)
  })
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const got = await receive(request)
      received.push(got)
      server.emit('received')
      answer(response, got)
    } catch {
      response.destroy()
    }
  }
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = addressOf(server)
  return {
    origin: `http://127.0.0.1:${port}`,
    port,
    received,
    answerWith: (next) => {
      answer = next
    },
    nextRequest: async () => void (await once(server, 'received')),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function receive(request: IncomingMessage): Promise<Received> {
  const body = await text(request)
  return { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body }
}

function addressOf(server: Server): AddressInfo {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the receiver does not listen')
  return address
}

/** Answers with a status, and headers and body where given. */
export function status(code: number, headers: Record<string, string> = {}, body = ''): Answer {
  return (response) => void response.writeHead(code, headers).end(body)
}

/** Takes the request and says nothing. */
export const hang: Answer = () => undefined

/** Takes the request and cuts the connection without a word. */
export const cut: Answer = (response) => void response.destroy()

/** Sends the status line, then cuts the connection. */
export function statusThenCut(code: number): Answer {
  return (response) => {
    response.writeHead(code, { 'content-length': '1000' })
    response.write('beginning', () => response.destroy())
  }
}

const POUR = 'no '.repeat(8192)
const POUR_EVERY_MS = 5

/** Sends a status and a body that never ends, at some MB/s: enough to hold a reader, too little to fill its memory. */
export function endless(code: number): Answer {
  return (response) => {
    response.writeHead(code, { 'content-type': 'text/plain' })
    const timer = setInterval(() => {
      if (!response.writableNeedDrain) response.write(POUR)
    }, POUR_EVERY_MS)
    response.on('close', () => clearInterval(timer))
  }
}

/** Sends a status and then a body of which only the beginning ever comes. */
export function stalled(code: number, beginning: string): Answer {
  return (response) => void response.writeHead(code, { 'content-type': 'text/plain' }).write(beginning)
}

/** Answers with everything that was sent, in the body: method, URL, headers, body. */
export function echo(code: number, more = ''): Answer {
  return (response, received) => {
    response.writeHead(code, { 'content-type': 'text/plain' }).end(`${more} ${JSON.stringify(received)}`)
  }
}
