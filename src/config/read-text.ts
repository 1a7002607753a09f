import { type FileHandle, open, stat } from 'node:fs/promises'
import { TextDecoder } from 'node:util'
import type { Fault } from './yaml-node.js'

const MAX_FILE_BYTES = 256 * 1024

export interface ReadText {
  readonly text: string
  readonly fault?: Fault
}

type ReadBytes =
  /** No more of them than tell that the file is too large. */
  { readonly bytes: Buffer } | { readonly refusal: Refusal }

interface Refusal {
  readonly message: string
  readonly hint: string
}

/** What a settings or watchlist file holds. Never rejects. */
export async function readBytes(path: string): Promise<ReadBytes> {
  try {
    // Asked before opening: to open a named pipe without a writer would wait for ever.
    const stats = await stat(path)
    if (!stats.isFile()) return { refusal: stats.isDirectory() ? IS_FOLDER : NO_FILE }
    return { bytes: await contentOf(path) }
  } catch (error) {
    return { refusal: accessFault(error) }
  }
}

/** The text of a settings or watchlist file. Never rejects: what is in the way is a fault. */
export async function readText(path: string): Promise<ReadText> {
  return textOf(await readBytes(path))
}

function textOf(read: ReadBytes): ReadText {
  return 'bytes' in read ? decoded(read.bytes) : refused(read.refusal)
}

async function contentOf(path: string): Promise<Buffer> {
  const file = await open(path, 'r')
  try {
    return await firstBytes(file, MAX_FILE_BYTES + 1)
  } finally {
    await file.close()
  }
}

async function firstBytes(file: FileHandle, limit: number): Promise<Buffer> {
  const buffer = Buffer.alloc(limit)
  let length = 0
  while (length < limit) {
    const { bytesRead } = await file.read(buffer, length, limit - length, length)
    if (bytesRead === 0) break
    length += bytesRead
  }
  return buffer.subarray(0, length)
}

function decoded(bytes: Buffer): ReadText {
  if (bytes.length > MAX_FILE_BYTES) return refused(TOO_LARGE)
  const text = new TextDecoder('utf-8').decode(bytes)
  const replacement = text.indexOf('\uFFFD')
  if (replacement !== -1 && !isUtf8(bytes))
    return { text, fault: { offset: replacement, path: [], ...NOT_UTF8 } }
  const control = text.search(CONTROL_CHARACTER)
  return control === -1 ? { text } : { text, fault: { offset: control, path: [], ...HAS_CONTROL } }
}

function isUtf8(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

/** YAML allows none of these either; the library lets them pass. */
const CONTROL_CHARACTER = /[^\P{Cc}\t\n\r\u0085]/u

const IS_FOLDER = { message: 'is a folder', hint: 'name a file' }
const NO_FILE = { message: 'is no regular file', hint: 'name a file that can be read again' }
const TOO_LARGE = {
  message: `is larger than ${MAX_FILE_BYTES / 1024} KiB`,
  hint: 'split the watches over several watchlists',
}
const NOT_UTF8 = { message: 'is not UTF-8 from here on', hint: 'save the file as UTF-8' }
const HAS_CONTROL = { message: 'holds a control character here', hint: 'take it out' }

const ACCESS: Readonly<Record<string, Refusal>> = {
  ENOENT: { message: 'does not exist', hint: 'check the path, or create the file' },
  ENOTDIR: { message: 'does not exist', hint: 'check the path, or create the file' },
  EACCES: { message: 'may not be read', hint: 'let the user of this process read it' },
}

function accessFault(error: unknown): Refusal {
  const code = errorCode(error)
  return ACCESS[code] ?? { message: `cannot be read (${code})`, hint: 'check the path' }
}

export function errorCode(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined
  return typeof code === 'string' ? code : 'unknown reason'
}

function refused(fault: Refusal): ReadText {
  return { text: '', fault: { offset: 0, path: [], ...fault } }
}
