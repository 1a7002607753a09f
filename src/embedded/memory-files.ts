/** One file held in memory; grows by doubling, so that a dump written in small pieces is not copied over and over. */
export interface MemoryFile {
  size(): number
  /** Copies from `offset` into `target`; answers the number of bytes, 0 at the end. */
  read(offset: number, target: Uint8Array): number
  write(offset: number, source: Uint8Array): void
  resize(size: number): void
  /** The content; stays valid as long as nobody writes to this file. */
  content(): Uint8Array
}

/** A flat directory: names without slashes. */
export type MemoryFiles = Map<string, MemoryFile>

export function createMemoryFile(initial: Uint8Array = new Uint8Array(0)): MemoryFile {
  let bytes = initial
  let size = initial.length
  const reserve = (capacity: number): void => {
    if (capacity <= bytes.length) return
    const larger = new Uint8Array(Math.max(capacity, bytes.length * 2, 4096))
    larger.set(bytes.subarray(0, size))
    bytes = larger
  }
  const resize = (to: number): void => {
    reserve(to)
    bytes.fill(0, Math.min(size, to), size)
    size = to
  }
  return {
    size: () => size,
    read(offset, target) {
      const piece = bytes.subarray(Math.min(offset, size), Math.min(offset + target.length, size))
      target.set(piece)
      return piece.length
    },
    write(offset, source) {
      if (offset + source.length > size) resize(offset + source.length)
      bytes.set(source, offset)
    },
    resize,
    content: () => bytes.subarray(0, size),
  }
}
