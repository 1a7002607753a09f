import { createServer, type Server, type Socket } from 'node:net'
import { BuildwatchdError } from '../domain/errors.js'
import { describeError, errorCode } from './describe-error.js'
import type { Peer } from './peer.js'
import { createSocketPeer } from './socket-peer.js'

/** The listening TCP socket and the clients that the engine has not accepted yet. */
export interface Lobby {
  readonly port: number
  readonly waiting: Peer[]
  /** From now on `wake` is called whenever a client comes, speaks or leaves. */
  serve(wake: () => void): void
  /** Cuts all connections and frees the port. */
  close(): Promise<void>
}

const HOST = '127.0.0.1'

/** Opens the port on the loopback interface only; 0 takes any free one. Rejects with EMBEDDED_PORT_TAKEN. */
export async function openLobby(port: number): Promise<Lobby> {
  const waiting: Peer[] = []
  const sockets = new Set<Socket>()
  let wake: () => void = () => undefined
  // Half-open connections stay: a client may close its side and still wait for replies.
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    waiting.push(createSocketPeer(socket, () => wake()))
    wake()
  })
  await listen(server, port)
  return {
    port: portOf(server),
    waiting,
    serve(newWake) {
      wake = newWake
      wake()
    },
    close: () =>
      new Promise((resolve) => {
        wake = () => undefined
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(listenError(error, port)))
    server.listen(port, HOST, () => {
      server.removeAllListeners('error')
      // An error of a listening server is about one connection (too many open files), which the client sees as refused.
      server.on('error', () => undefined)
      resolve()
    })
  })
}

function listenError(error: Error, port: number): BuildwatchdError {
  const taken = errorCode(error) === 'EADDRINUSE'
  return new BuildwatchdError(
    taken ? 'EMBEDDED_PORT_TAKEN' : 'EMBEDDED_FAILED',
    taken
      ? `Port ${port} on ${HOST}, where the embedded Valkey should listen, is in use. Set redis.port to another one (0 takes any free one), or redis.url to a running server.`
      : `The embedded Valkey cannot listen on ${HOST}:${port} (${describeError(error)}). Set redis.port to another one.`,
    { cause: error },
  )
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}
