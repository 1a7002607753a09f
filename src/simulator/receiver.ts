/**
 * A webhook endpoint as a careful receiver would write it: it checks the Standard Webhooks signature and remembers every
 * attempt. Told to, it answers as careless and broken ones do.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Webhook } from 'standardwebhooks'
import type { Clock } from '../domain/ports.js'
import { close, listen } from './listen.js'

export interface ReceivedDelivery {
  /** Epoch ms. */
  readonly at: number
  /** `webhook-id`: the same for all attempts of one delivery. */
  readonly webhookId: string | undefined
  readonly idempotencyKey: string | undefined
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The signature is right and at most five minutes old. */
  readonly verified: boolean
  /** Why it is not. */
  readonly problem?: string
}

type ReceiverReply =
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly body?: string }
  /** Takes the delivery and says nothing. */
  | { readonly kind: 'hang' }
  /** Takes the delivery and cuts the connection. */
  | { readonly kind: 'cut' }
  /** An error whose body never ends. */
  | { readonly kind: 'endless'; readonly status: number }

export interface ReceiverOptions {
  /** `whsec_` and base64. */
  readonly secret: string
  /** Any free one by default. */
  readonly port?: number
  readonly clock?: Clock
  readonly onDelivery?: (delivery: ReceivedDelivery) => void
  /** `nth` counts the attempts with this webhook id from 1. By default 204 for a right signature, 401 for any other. */
  readonly respond?: (delivery: ReceivedDelivery, nth: number) => ReceiverReply
}

export interface Receiver {
  readonly url: string
  readonly deliveries: readonly ReceivedDelivery[]
  stop(): Promise<void>
}

const HOST = '127.0.0.1'
const LARGEST_BODY = 2 ** 20

/** Rejects with PORT_TAKEN. */
export async function startReceiver(options: ReceiverOptions): Promise<Receiver> {
  const { secret, clock = { now: () => Date.now() }, onDelivery, respond = bySignature } = options
  const webhook = new Webhook(secret)
  const deliveries: ReceivedDelivery[] = []

  async function receive(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readBody(incoming)
    if (body === undefined) return reply({ kind: 'status', status: 413 }, outgoing)
    const headers = plainHeaders(incoming)
    const problem = problemWith(webhook, body, headers)
    const delivery: ReceivedDelivery = {
      at: clock.now(),
      webhookId: headers['webhook-id'],
      idempotencyKey: headers['idempotency-key'],
      headers,
      body,
      verified: problem === undefined,
      ...(problem === undefined ? {} : { problem }),
    }
    deliveries.push(delivery)
    onDelivery?.(delivery)
    const nth = deliveries.filter(({ webhookId }) => webhookId === delivery.webhookId).length
    reply(respond(delivery, nth), outgoing)
  }

  const server = createServer((incoming, outgoing) => {
    // A sender that goes away breaks the exchange off; that is its right.
    receive(incoming, outgoing).catch(() => outgoing.destroy())
  })
  const port = await listen(server, { host: HOST, port: options.port ?? 0 })
  return { url: `http://${HOST}:${port}/hooks/builds`, deliveries, stop: () => close(server) }
}

function bySignature({ verified }: ReceivedDelivery): ReceiverReply {
  return { kind: 'status', status: verified ? 204 : 401 }
}

function problemWith(webhook: Webhook, body: string, headers: Record<string, string>): string | undefined {
  try {
    webhook.verify(body, headers, { jsonParse: false })
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function plainHeaders({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
}

/** `undefined` when it is larger than any event; the rest is read and dropped, so that the sender hears the refusal. */
async function readBody(incoming: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming) {
    size += chunk.length
    if (size <= LARGEST_BODY) chunks.push(chunk)
  }
  return size <= LARGEST_BODY ? Buffer.concat(chunks).toString('utf8') : undefined
}

function reply(wanted: ReceiverReply, outgoing: ServerResponse): void {
  switch (wanted.kind) {
    case 'hang':
      return
    case 'cut':
      outgoing.destroy()
      return
    case 'endless':
      outgoing.writeHead(wanted.status, { 'content-type': 'text/plain' })
      pour(outgoing)
      return
    case 'status': {
      const { status, retryAfter, body = '' } = wanted
      outgoing.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end(body)
    }
  }
}

function pour(outgoing: ServerResponse): void {
  const more = (): void => {
    while (!outgoing.destroyed && outgoing.write('no '.repeat(4096)));
  }
  outgoing.on('drain', more)
  more()
}
