import { once } from 'node:events'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect, type Server, type Socket } from 'node:net'

export interface ConnectProxyOptions {
  /** Answers every request, CONNECT or not, with this status in place of forwarding it. */
  readonly refuseWith?: number
  /** Takes every CONNECT and never answers it. */
  readonly silent?: boolean
}

export interface ConnectProxy {
  readonly url: string
  /** `host:port` of every CONNECT, in order. */
  readonly tunnels: readonly string[]
  /** The absolute URL of every request that came without a tunnel. */
  readonly forwarded: readonly string[]
  /** `proxy-authorization` of every CONNECT. */
  readonly credentials: readonly (string | undefined)[]
  close(): Promise<void>
}

/** A forward proxy on 127.0.0.1: CONNECT for tunnels, absolute-form requests for plain http. */
export async function startConnectProxy(options: ConnectProxyOptions = {}): Promise<ConnectProxy> {
  const tunnels: string[] = []
  const forwarded: string[] = []
  const credentials: (string | undefined)[] = []
  const sockets = new Set<Socket>()

  const server = createServer((incoming, outgoing) => {
    forwarded.push(incoming.url ?? '')
    if (options.refuseWith === undefined) forward(incoming, outgoing)
    else outgoing.writeHead(options.refuseWith).end()
  })
  server.on('connection', (socket) => track(socket, sockets))
  server.on('connect', (incoming: IncomingMessage, client: Socket) => {
    tunnels.push(incoming.url ?? '')
    credentials.push(incoming.headers['proxy-authorization'])
    if (options.silent) return
    if (options.refuseWith === undefined) track(tunnel(incoming, client), sockets)
    else client.end(`HTTP/1.1 ${options.refuseWith} Refused\r\n\r\n`)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    tunnels,
    forwarded,
    credentials,
    async close() {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The port of a server that listens. */
export function portOf(server: Server): number {
  const address = server.address()
  if (typeof address === 'object' && address) return address.port
  throw new Error('the server listens on no port')
}

function track(socket: Socket, sockets: Set<Socket>): void {
  sockets.add(socket)
  socket.on('close', () => sockets.delete(socket))
  // A connection that breaks is the other side's to notice.
  socket.on('error', () => socket.destroy())
}

function tunnel(incoming: IncomingMessage, client: Socket): Socket {
  const { hostname, port } = new URL(`http://${incoming.url}`)
  const upstream = connect(Number(port), hostname, () => {
    client.write('HTTP/1.1 200 Connection Established\r\n\r\n')
    upstream.pipe(client)
    client.pipe(upstream)
  })
  upstream.on('close', () => client.destroy())
  client.on('close', () => upstream.destroy())
  return upstream
}

function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
  const { method, headers, url = '' } = incoming
  const onward = request(url, { method, headers, agent: false }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(outgoing)
  })
  onward.on('error', () => outgoing.destroy())
  incoming.pipe(onward)
}
