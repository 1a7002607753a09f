import { randomFillSync } from 'node:crypto'
import type { GuestMemory } from './guest-memory.js'
import type { MemoryFile } from './memory-files.js'
import { type Descriptors, ERRNO, type OpenFile } from './wasi-descriptors.js'

/** A list of buffers in the engine's memory, and where the number of bytes moved goes. */
type Vectors = [list: number, count: number, resultPointer: number]
/** Moves into or out of one buffer; fewer bytes than its length end the transfer. */
type Move = (piece: Uint8Array) => number

const VECTOR_BYTES = 8

/** The calls that move data. */
export function createTransferCalls(memory: GuestMemory, descriptors: Descriptors) {
  const transfer = ([list, count, resultPointer]: Vectors, move: Move): number => {
    const view = memory.view()
    let total = 0
    for (let vector = list; vector < list + count * VECTOR_BYTES; vector += VECTOR_BYTES) {
      const piece = memory.slice(view.getUint32(vector, true), view.getUint32(vector + 4, true))
      const moved = move(piece)
      total += moved
      if (moved < piece.length) break
    }
    view.setUint32(resultPointer, total, true)
    return ERRNO.success
  }
  return {
    fd_read(...[fd, ...vectors]: [number, ...Vectors]): number {
      const open = descriptors.get(fd)
      if (open?.kind === 'randomness') return transfer(vectors, (piece) => randomFillSync(piece).length)
      if (open?.kind !== 'file') return ERRNO.badDescriptor
      return transfer(vectors, readFrom(open))
    },
    fd_pread(...[fd, list, count, offset, resultPointer]: [number, number, number, bigint, number]): number {
      const open = descriptors.get(fd)
      if (open?.kind !== 'file') return ERRNO.badDescriptor
      return transfer([list, count, resultPointer], readFrom({ file: open.file, position: Number(offset) }))
    },
    fd_write(...[fd, ...vectors]: [number, ...Vectors]): number {
      const open = descriptors.get(fd)
      if (open?.kind === 'file') return transfer(vectors, writeTo(open))
      if (open?.kind !== 'output') return ERRNO.badDescriptor
      return transfer(vectors, (piece) => {
        open.write(piece)
        return piece.length
      })
    },
  }
}

function readFrom(source: { readonly file: MemoryFile; position: number }): Move {
  return (piece) => {
    const moved = source.file.read(source.position, piece)
    source.position += moved
    return moved
  }
}

function writeTo(open: OpenFile): Move {
  return (piece) => {
    if (open.append) open.position = open.file.size()
    open.file.write(open.position, piece)
    open.position += piece.length
    return piece.length
  }
}
