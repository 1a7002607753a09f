import type { GuestMemory } from './guest-memory.js'
import { createMemoryFile, type MemoryFile, type MemoryFiles } from './memory-files.js'
import {
  type Descriptor,
  type Descriptors,
  ERRNO,
  lowestFree,
  ROOT_DESCRIPTOR,
  writeFileStat,
} from './wasi-descriptors.js'

export interface PathCallsDeps {
  readonly memory: GuestMemory
  readonly files: MemoryFiles
  readonly descriptors: Descriptors
}

type Path = [pointer: number, length: number]
type OpenCall = [
  directory: number,
  lookupFlags: number,
  ...path: Path,
  openFlags: number,
  rights: bigint,
  inheritedRights: bigint,
  flags: number,
  resultPointer: number,
]

const OPEN_FLAG = { create: 1, exclusive: 4, truncate: 8 } as const
const APPEND_FLAG = 1
const ROOT_NAME = Buffer.from('/')
const ENTRY_BYTES = 24
const REGULAR_FILE = 4

/** The calls that name files. There is one directory; every path is taken from its root. */
export function createPathCalls(deps: PathCallsDeps) {
  return { ...createFileCalls(deps), ...createDirectoryCalls(deps) }
}

function createFileCalls({ memory, files, descriptors }: PathCallsDeps) {
  const nameAt = (...path: Path): string => memory.text(...path).replace(/^(\.?\/)+/, '')
  return {
    path_open(...[, , pointer, length, openFlags, , , flags, resultPointer]: OpenCall): number {
      const name = nameAt(pointer, length)
      const found = find(files, name)
      if (found !== undefined && (openFlags & OPEN_FLAG.exclusive) !== 0) return ERRNO.exists
      if (found === undefined && (openFlags & OPEN_FLAG.create) === 0) return ERRNO.notFound
      const opened = found ?? openFile(createIn(files, name))
      if (opened.kind === 'file' && (openFlags & OPEN_FLAG.truncate) !== 0) opened.file.resize(0)
      const fd = lowestFree(descriptors)
      descriptors.set(
        fd,
        opened.kind === 'file' ? { ...opened, append: (flags & APPEND_FLAG) !== 0 } : opened,
      )
      memory.view().setUint32(resultPointer, fd, true)
      return ERRNO.success
    },
    path_filestat_get(...[, , pointer, length, resultPointer]: [number, number, ...Path, number]): number {
      const found = find(files, nameAt(pointer, length))
      if (found === undefined) return ERRNO.notFound
      writeFileStat(memory, resultPointer, found)
      return ERRNO.success
    },
    path_rename(...[, from, fromLength, , to, toLength]: [number, ...Path, number, ...Path]): number {
      const name = nameAt(from, fromLength)
      const file = files.get(name)
      if (file === undefined) return ERRNO.notFound
      files.delete(name)
      files.set(nameAt(to, toLength), file)
      return ERRNO.success
    },
    path_unlink_file: (_directory: number, ...path: Path): number =>
      files.delete(nameAt(...path)) ? ERRNO.success : ERRNO.notFound,
    path_create_directory: (): number => ERRNO.notSupported,
  }
}

/** How the C library finds the directory at its start, and lists it. */
function createDirectoryCalls({ memory, files, descriptors }: PathCallsDeps) {
  return {
    fd_prestat_get(fd: number, pointer: number): number {
      if (fd !== ROOT_DESCRIPTOR) return ERRNO.badDescriptor
      memory.view().setUint32(pointer, 0, true)
      memory.view().setUint32(pointer + 4, ROOT_NAME.length, true)
      return ERRNO.success
    },
    fd_prestat_dir_name(_fd: number, pointer: number): number {
      memory.slice(pointer, ROOT_NAME.length).set(ROOT_NAME)
      return ERRNO.success
    },
    fd_readdir(...[fd, pointer, length, cookie, usedPointer]: [number, ...Path, bigint, number]): number {
      if (descriptors.get(fd)?.kind !== 'directory') return ERRNO.badDescriptor
      const listing = encodeListing([...files.keys()], Number(cookie)).subarray(0, length)
      memory.slice(pointer, listing.length).set(listing)
      memory.view().setUint32(usedPointer, listing.length, true)
      return ERRNO.success
    },
  }
}

function find(files: MemoryFiles, name: string): Descriptor | undefined {
  if (name === '' || name === '.') return { kind: 'directory' }
  // Valkey seeds its hash function and its run id from it; without it from time and process id alone.
  if (name === 'dev/urandom') return { kind: 'randomness' }
  const file = files.get(name)
  return file && openFile(file)
}

function openFile(file: MemoryFile): Descriptor {
  return { kind: 'file', file, append: false, position: 0 }
}

function createIn(files: MemoryFiles, name: string): MemoryFile {
  const file = createMemoryFile()
  files.set(name, file)
  return file
}

/** Entries from the `start`th on: next cookie, inode, length of the name, type, name. */
function encodeListing(names: readonly string[], start: number): Buffer {
  return Buffer.concat(
    names.slice(start).map((name, index) => {
      const encoded = Buffer.from(name)
      const entry = Buffer.alloc(ENTRY_BYTES + encoded.length)
      entry.writeBigUInt64LE(BigInt(start + index + 1), 0)
      entry.writeUInt32LE(encoded.length, 16)
      entry.writeUInt8(REGULAR_FILE, 20)
      entry.set(encoded, ENTRY_BYTES)
      return entry
    }),
  )
}
