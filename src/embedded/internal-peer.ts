import type { Peer } from './peer.js'

export interface InternalPeer extends Peer {
  /** What the engine has answered so far. */
  reply(): string
  /** The engine sees the end of the input and lets go of the connection. */
  hangUp(): void
}

/** A client without a socket, through which the host gives its own commands. */
export function createInternalPeer(command: readonly string[]): InternalPeer {
  let unread: Buffer = encodeCommand(command)
  let reply = ''
  let ended = false
  return {
    readable: () => unread.length > 0 || ended,
    writable: () => true,
    read(target) {
      if (unread.length === 0) return ended ? 0 : -1
      const taken = unread.copy(target)
      unread = unread.subarray(taken)
      return taken
    },
    write(source) {
      reply += Buffer.from(source).toString('utf8')
      return source.length
    },
    close: () => undefined,
    reply: () => reply,
    hangUp() {
      ended = true
    },
  }
}

function encodeCommand(words: readonly string[]): Buffer {
  const encoded = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  return Buffer.from(`*${words.length}\r\n${encoded.join('')}`)
}
