import type { Socket } from 'node:net'
import type { Peer } from './peer.js'

/**
 * Beyond this the engine keeps replies in its own buffers, where its client-output-buffer-limit can cut a subscriber that
 * does not read; Node's buffers know no such limit.
 */
const UNSENT_LIMIT_BYTES = 1024 * 1024
/** Beyond this the socket is paused: one client's pipeline must not fill the daemon's memory. */
const UNREAD_LIMIT_BYTES = 1024 * 1024
/** How long a closed connection may take to hand its last bytes to a client that does not read. */
const LINGER_MS = 2000

/** A TCP client. `wake` is called whenever the engine has something new to see. */
export function createSocketPeer(socket: Socket, wake: () => void): Peer {
  const input = createInput()
  let gone = false
  const end = (): void => {
    input.end()
    wake()
  }
  socket.on('data', (chunk) => {
    input.push(chunk)
    if (input.unread() > UNREAD_LIMIT_BYTES) socket.pause()
    wake()
  })
  // `end` alone is a client that has sent all it has and still reads, like `printf … | nc`: its replies must go out.
  socket.on('end', end)
  socket.on('drain', wake)
  // A reset is followed by `close`; without a listener it would end the process.
  socket.on('error', () => undefined)
  socket.on('close', () => {
    gone = true
    end()
  })
  return {
    readable: input.readable,
    writable: () => gone || socket.writableLength < UNSENT_LIMIT_BYTES,
    read(target) {
      const count = input.read(target)
      if (socket.isPaused() && input.unread() < UNREAD_LIMIT_BYTES) socket.resume()
      return count
    },
    write(source) {
      if (gone || socket.destroyed) return -1
      const room = Math.min(source.length, Math.max(0, UNSENT_LIMIT_BYTES - socket.writableLength))
      if (room > 0) socket.write(Buffer.from(source.subarray(0, room)))
      return room
    },
    close() {
      socket.setTimeout(LINGER_MS, () => socket.destroy())
      socket.destroySoon()
    },
  }
}

/** Bytes that have come and that the engine has not read yet. */
function createInput() {
  const chunks: Buffer[] = []
  let unread = 0
  let ended = false
  return {
    push(chunk: Buffer): void {
      chunks.push(chunk)
      unread += chunk.length
    },
    end(): void {
      ended = true
    },
    unread: () => unread,
    readable: () => unread > 0 || ended,
    read(target: Uint8Array): number {
      if (unread === 0) return ended ? 0 : -1
      let filled = 0
      for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
        const taken = chunk.copy(target, filled)
        filled += taken
        if (taken < chunk.length) {
          chunks.unshift(chunk.subarray(taken))
          break
        }
      }
      unread -= filled
      return filled
    },
  }
}
