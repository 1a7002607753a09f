import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { portOf } from '../../support/connect-proxy.js'

export interface LocalApi {
  readonly url: string
  /** Connections accepted so far. */
  connections(): number
  /** Resolves when the client has let go of every connection. */
  idle(): Promise<void>
  close(): Promise<void>
}

/** A real server on 127.0.0.1 that answers as the test says. */
export async function startLocalApi(listener: RequestListener): Promise<LocalApi> {
  const server = createServer(listener)
  let connections = 0
  const open = new Set<Socket>()
  server.on('connection', (socket) => {
    connections += 1
    open.add(socket)
    socket.on('close', () => {
      open.delete(socket)
      server.emit('released')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    connections: () => connections,
    async idle() {
      while (open.size > 0) await once(server, 'released')
    },
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
