import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'

export interface RedisProxy {
  readonly url: string
  /** Cuts all connections and refuses new ones. */
  close(): Promise<void>
  /** Listens again where it did before. */
  reopen(): Promise<void>
  /** From now on nothing comes back, and nobody is told. */
  fallSilent(): void
}

/** Stands between a client and an engine, so that tests can take Redis away without stopping it. */
export async function startRedisProxy(engineUrl: string): Promise<RedisProxy> {
  const enginePort = Number(new URL(engineUrl).port)
  const sockets = new Set<Socket>()
  let port = 0
  let server: Server

  function forward(client: Socket): void {
    const upstream = connect(enginePort, '127.0.0.1')
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
    }
    client.pipe(upstream).pipe(client)
  }

  async function listen(): Promise<void> {
    server = createServer(forward).listen(port, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    if (address !== null && typeof address !== 'string') port = address.port
  }

  await listen()
  return {
    url: `redis://127.0.0.1:${port}`,
    async close() {
      if (!server.listening) return
      const closed = once(server, 'close')
      server.close()
      for (const socket of sockets) socket.destroy()
      await closed
    },
    reopen: listen,
    fallSilent() {
      for (const socket of sockets) socket.unpipe()
    },
  }
}
