/**
 * The socket calls that valkey.wasm imports under the name `host`: descriptors, and a poll that never blocks. Who is behind a
 * descriptor (a TCP client, or the host itself) is a Peer's matter. The listening TCP socket is opened before the engine
 * boots (lobby.ts), because `listen` here cannot wait to learn that a port is taken.
 */
import type { GuestMemory } from './guest-memory.js'
import type { Peer } from './peer.js'

/** Below it lie the engine's files and pipes; its event loop indexes an array by descriptor, so numbers must stay small. */
const FIRST_DESCRIPTOR = 4096
const READABLE = 1
const WRITABLE = 2
const PAIR_BYTES = 8

type PollCall = [interests: number, count: number, fired: number, capacity: number, timeoutMs: number]

/** `waiting` are those whom the engine has not accepted yet; it takes them from the front. */
export function createSocketCalls(memory: GuestMemory, waiting: Peer[]) {
  const descriptors = createNumbers()
  const peers = new Map<number, Peer>()
  let listener: number | undefined
  const readiness = (fd: number): number => {
    if (fd === listener) return waiting.length > 0 ? READABLE : 0
    const peer = peers.get(fd)
    if (peer === undefined) return 0
    return (peer.readable() ? READABLE : 0) | (peer.writable() ? WRITABLE : 0)
  }
  return {
    socket: descriptors.take,
    listen(fd: number): number {
      listener = fd
      return 0
    },
    accept(): number {
      const peer = waiting.shift()
      if (peer === undefined) return -1
      const fd = descriptors.take()
      peers.set(fd, peer)
      return fd
    },
    read: (...[fd, pointer, length]: Transfer): number =>
      peers.get(fd)?.read(memory.slice(pointer, length)) ?? -1,
    write: (...[fd, pointer, length]: Transfer): number =>
      peers.get(fd)?.write(memory.slice(pointer, length)) ?? -1,
    close(fd: number): void {
      peers.get(fd)?.close()
      peers.delete(fd)
      descriptors.give(fd)
    },
    poll: createPoll(memory, readiness),
  }
}

type Transfer = [fd: number, pointer: number, length: number]

/** Pairs of descriptor and mask in; of those that are ready out, and their number. */
function createPoll(memory: GuestMemory, readiness: (fd: number) => number) {
  return (...[interests, count, fired, capacity]: PollCall): number => {
    const view = memory.view()
    let found = 0
    for (let index = 0; index < count && found < capacity; index += 1) {
      const interest = interests + index * PAIR_BYTES
      const fd = view.getInt32(interest, true)
      const ready = view.getInt32(interest + 4, true) & readiness(fd)
      if (ready === 0) continue
      view.setInt32(fired + found * PAIR_BYTES, fd, true)
      view.setInt32(fired + found * PAIR_BYTES + 4, ready, true)
      found += 1
    }
    return found
  }
}

/** Numbers are used again: the engine's table ends at 10,127, and without reuse it would die of its 6,032nd connection. */
function createNumbers() {
  const free: number[] = []
  let next = FIRST_DESCRIPTOR
  return {
    take: (): number => free.pop() ?? next++,
    give: (fd: number): void => void free.push(fd),
  }
}
