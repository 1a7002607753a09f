import type { GuestMemory } from './guest-memory.js'
import type { MemoryFile } from './memory-files.js'

/** Error numbers of WASI preview 1, as far as the engine meets them. */
export const ERRNO = {
  success: 0,
  badDescriptor: 8,
  exists: 20,
  invalid: 28,
  notFound: 44,
  notSupported: 58,
} as const

export interface OpenFile {
  readonly kind: 'file'
  readonly file: MemoryFile
  readonly append: boolean
  position: number
}

export type Descriptor =
  | OpenFile
  | { readonly kind: 'directory' }
  | { readonly kind: 'randomness' }
  | { readonly kind: 'output'; readonly write: (piece: Uint8Array) => void }

export type Descriptors = Map<number, Descriptor>

export const ROOT_DESCRIPTOR = 3

const FILE_TYPE = { characterDevice: 2, directory: 3, regularFile: 4 } as const
const FILE_STAT_BYTES = 64

/** What is open from the start: standard output and error, and the one directory. */
export function createDescriptors(print: (piece: Uint8Array) => void): Descriptors {
  return new Map<number, Descriptor>([
    [1, { kind: 'output', write: print }],
    [2, { kind: 'output', write: print }],
    [ROOT_DESCRIPTOR, { kind: 'directory' }],
  ])
}

export function lowestFree(descriptors: Descriptors): number {
  let fd = ROOT_DESCRIPTOR + 1
  while (descriptors.has(fd)) fd += 1
  return fd
}

/** The number by which WASI calls its type. */
export function fileType({ kind }: Descriptor): number {
  if (kind === 'file') return FILE_TYPE.regularFile
  return kind === 'directory' ? FILE_TYPE.directory : FILE_TYPE.characterDevice
}

/** Fills a `filestat`: no device, no inode, one link, no times. */
export function writeFileStat(memory: GuestMemory, pointer: number, descriptor: Descriptor): void {
  memory.slice(pointer, FILE_STAT_BYTES).fill(0)
  const view = memory.view()
  view.setUint8(pointer + 16, fileType(descriptor))
  view.setBigUint64(pointer + 24, 1n, true)
  view.setBigUint64(pointer + 32, BigInt(descriptor.kind === 'file' ? descriptor.file.size() : 0), true)
}
