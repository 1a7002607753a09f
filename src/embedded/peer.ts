/** One connected client as the engine's host calls see it. */
export interface Peer {
  /** A read would give bytes or the end. */
  readable(): boolean
  writable(): boolean
  /** Copies into `target`: the number of bytes, 0 at the end of the input, -1 when nothing has come yet. */
  read(target: Uint8Array): number
  /** Takes a copy: the number of bytes taken, 0 when there is no room now, -1 when the client is gone. */
  write(source: Uint8Array): number
  /** The engine is done with it: what was written still goes out. */
  close(): void
}
