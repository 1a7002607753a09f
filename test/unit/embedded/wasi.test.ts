import { beforeEach, describe, expect, it } from '@jest/globals'
import { createGuestMemory } from '../../../src/embedded/guest-memory.js'
import type { MemoryFiles } from '../../../src/embedded/memory-files.js'
import { createWasi } from '../../../src/embedded/wasi.js'

const OK = 0
const BAD_DESCRIPTOR = 8
const EXISTS = 20
const NOT_FOUND = 44
const CREATE = 1
const EXCLUSIVE = 4
const TRUNCATE = 8
const APPEND = 1
// Where the tests put names, buffers and results in the engine's memory.
const NAME = 0
const OTHER_NAME = 64
const VECTOR = 128
const RESULT = 160
const DATA = 256

let files: MemoryFiles
let printed: string
let wasi: ReturnType<typeof createWasi>
const linear = { buffer: new ArrayBuffer(4096) }
const memory = createGuestMemory(() => linear)

beforeEach(() => {
  linear.buffer = new ArrayBuffer(4096)
  files = new Map()
  printed = ''
  wasi = createWasi({ memory, files, print: (piece) => (printed += Buffer.from(piece).toString()) })
})

function put(text: string, at: number): number {
  memory.slice(at, text.length).set(Buffer.from(text))
  return text.length
}

function open(name: string, openFlags = 0, flags = 0): { errno: number; fd: number } {
  const errno = wasi.path_open(3, 0, NAME, put(name, NAME), openFlags, 0n, 0n, flags, RESULT)
  return { errno, fd: memory.view().getUint32(RESULT, true) }
}

function vectorOf(length: number): [number, number, number] {
  memory.view().setUint32(VECTOR, DATA, true)
  memory.view().setUint32(VECTOR + 4, length, true)
  return [VECTOR, 1, RESULT]
}

function write(fd: number, text: string): number {
  return wasi.fd_write(fd, ...vectorOf(put(text, DATA)))
}

function read(fd: number, length: number): string {
  expect(wasi.fd_read(fd, ...vectorOf(length))).toBe(OK)
  return memory.text(DATA, memory.view().getUint32(RESULT, true))
}

const contentOf = (name: string): string => Buffer.from(files.get(name)?.content() ?? []).toString()

describe('the WASI layer', () => {
  it('finds no file that nobody made', () => {
    expect(open('dump.rdb').errno).toBe(NOT_FOUND)
  })

  it('creates, writes and reads a file, whatever way its path is written', () => {
    const { fd } = open('/dump.rdb', CREATE)
    write(fd, 'RED')
    write(fd, 'IS')
    expect(read(open('./dump.rdb').fd, 100)).toBe('REDIS')
  })

  it('refuses to create exclusively what exists', () => {
    open('a', CREATE)
    expect(open('a', CREATE | EXCLUSIVE).errno).toBe(EXISTS)
  })

  it('truncates on request', () => {
    write(open('a', CREATE).fd, 'old')
    open('a', CREATE | TRUNCATE)
    expect(contentOf('a')).toBe('')
  })

  it('appends on request', () => {
    write(open('a', CREATE).fd, 'one')
    write(open('a', 0, APPEND).fd, 'two')
    expect(contentOf('a')).toBe('onetwo')
  })

  it('seeks from the start, from here and from the end', () => {
    const { fd } = open('a', CREATE)
    write(fd, 'abcdef')
    const positions = [
      [1n, 0],
      [2n, 1],
      [-1n, 2],
    ].map(([offset, whence]) => {
      wasi.fd_seek(fd, BigInt(offset ?? 0), Number(whence), RESULT)
      return memory.view().getBigUint64(RESULT, true)
    })
    expect(positions).toEqual([1n, 3n, 5n])
  })

  it('reads at an offset without moving', () => {
    const { fd } = open('a', CREATE)
    write(fd, 'abcdef')
    wasi.fd_seek(fd, 0n, 0, RESULT)
    wasi.fd_pread(fd, VECTOR, 1, 2n, RESULT)
    expect(memory.text(DATA, 4)).toBe('cdef')
    expect(read(fd, 3)).toBe('abc')
  })

  it('renames over an existing file', () => {
    write(open('temp', CREATE).fd, 'new')
    write(open('dump', CREATE).fd, 'old')
    wasi.path_rename(3, NAME, put('temp', NAME), 3, OTHER_NAME, put('dump', OTHER_NAME))
    expect([...files.keys()]).toEqual(['dump'])
    expect(contentOf('dump')).toBe('new')
  })

  it('unlinks a file once', () => {
    open('a', CREATE)
    expect(wasi.path_unlink_file(3, NAME, 1)).toBe(OK)
    expect(wasi.path_unlink_file(3, NAME, 1)).toBe(NOT_FOUND)
  })

  it('knows the size and the type of files and of the directory', () => {
    write(open('a', CREATE).fd, 'abc')
    const stat = (name: string): [number, bigint] => {
      expect(wasi.path_filestat_get(3, 0, NAME, put(name, NAME), RESULT)).toBe(OK)
      return [memory.view().getUint8(RESULT + 16), memory.view().getBigUint64(RESULT + 32, true)]
    }
    expect(stat('a')).toEqual([4, 3n])
    expect(stat('.')).toEqual([3, 0n])
  })

  it('lists the directory in pieces', () => {
    for (const name of ['first', 'second']) open(name, CREATE)
    wasi.fd_readdir(3, DATA, 1000, 1n, RESULT)
    expect(memory.view().getUint32(RESULT, true)).toBe(24 + 'second'.length)
    expect(memory.text(DATA + 24, 6)).toBe('second')
  })

  it('gives descriptors out again', () => {
    const { fd } = open('a', CREATE)
    wasi.fd_close(fd)
    expect(open('a').fd).toBe(fd)
  })

  it('refuses what is not open', () => {
    expect([wasi.fd_close(9), wasi.fd_sync(9), write(9, 'x'), wasi.fd_fdstat_get(9, RESULT)]).toEqual(
      Array.from({ length: 4 }, () => BAD_DESCRIPTOR),
    )
  })

  it('has randomness that differs from read to read', () => {
    const { fd } = open('/dev/urandom')
    expect(read(fd, 16)).not.toBe(read(fd, 16))
  })

  it('passes on what is printed', () => {
    write(1, 'to stdout, ')
    write(2, 'to stderr')
    expect(printed).toBe('to stdout, to stderr')
  })

  it('tells the real time in nanoseconds', () => {
    const before = Date.now()
    wasi.clock_time_get(0, 0n, RESULT)
    const now = Number(memory.view().getBigUint64(RESULT, true) / 1_000_000n)
    expect(now).toBeGreaterThanOrEqual(before)
    expect(now).toBeLessThanOrEqual(Date.now())
  })

  it('ends the engine when it exits', () => {
    expect(() => wasi.proc_exit(1)).toThrow('it exited with code 1')
  })

  it('still sees the memory after it has grown', () => {
    const { fd } = open('a', CREATE)
    linear.buffer = new ArrayBuffer(8192)
    write(fd, 'after')
    expect(contentOf('a')).toBe('after')
  })
})
