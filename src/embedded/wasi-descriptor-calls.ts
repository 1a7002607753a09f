import type { GuestMemory } from './guest-memory.js'
import {
  type Descriptor,
  type Descriptors,
  ERRNO,
  fileType,
  type OpenFile,
  writeFileStat,
} from './wasi-descriptors.js'

/** Nothing is forbidden to the engine: what it sees is its own. */
const ALL_RIGHTS = 0xffff_ffff_ffff_ffffn
const APPEND_FLAG = 1

/** The calls on an open descriptor that move no data. */
export function createDescriptorCalls(memory: GuestMemory, descriptors: Descriptors) {
  const onDescriptor = (fd: number, act: (open: Descriptor) => void): number => {
    const open = descriptors.get(fd)
    if (open === undefined) return ERRNO.badDescriptor
    act(open)
    return ERRNO.success
  }
  const onFile = (fd: number, act: (open: OpenFile) => void): number => {
    const open = descriptors.get(fd)
    // /dev/urandom cannot seek; the C library tries when it closes it, and takes no for an answer.
    if (open?.kind !== 'file') return open === undefined ? ERRNO.badDescriptor : ERRNO.invalid
    act(open)
    return ERRNO.success
  }
  return {
    fd_close: (fd: number): number => (descriptors.delete(fd) ? ERRNO.success : ERRNO.badDescriptor),
    fd_renumber: (from: number, to: number): number =>
      onDescriptor(from, (open) => {
        descriptors.delete(from)
        descriptors.set(to, open)
      }),
    fd_fdstat_get: (fd: number, pointer: number): number =>
      onDescriptor(fd, (open) => {
        const view = memory.view()
        view.setUint8(pointer, fileType(open))
        view.setUint16(pointer + 2, open.kind === 'file' && open.append ? APPEND_FLAG : 0, true)
        view.setBigUint64(pointer + 8, ALL_RIGHTS, true)
        view.setBigUint64(pointer + 16, ALL_RIGHTS, true)
      }),
    fd_fdstat_set_flags: (): number => ERRNO.success,
    fd_filestat_get: (fd: number, pointer: number): number =>
      onDescriptor(fd, (open) => writeFileStat(memory, pointer, open)),
    fd_filestat_set_size: (fd: number, size: bigint): number =>
      onFile(fd, (open) => open.file.resize(Number(size))),
    fd_seek: (...[fd, offset, whence, resultPointer]: [number, bigint, number, number]): number =>
      onFile(fd, (open) => {
        const origin = [0, open.position, open.file.size()][whence] ?? 0
        open.position = origin + Number(offset)
        memory.view().setBigUint64(resultPointer, BigInt(open.position), true)
      }),
    /** The host makes a snapshot durable when it carries it to disk. */
    fd_sync: (fd: number): number => onDescriptor(fd, () => undefined),
  }
}
