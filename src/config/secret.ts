/**
 * Secrets by reference. Nothing here keeps a value longer than needed to see whether its file has changed, and nothing
 * that prints objects (JSON, util.inspect, a logger) finds one: the value lives in a closure, behind `reveal`.
 */
import { open, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { inspect, TextDecoder } from 'node:util'
import { BuildwatchdError } from '../domain/errors.js'
import type { Secret } from '../domain/ports.js'
import { type Environment, interpolate, namesIn } from './interpolate.js'
import { errorCode } from './read-text.js'

type SecretRead =
  | { readonly ok: true; readonly value: string }
  /** `message` is "what is wrong; what would be right". */
  | { readonly ok: false; readonly message: string; readonly retryable: boolean }

export type SecretReader = () => Promise<SecretRead>

export interface SecretOptions {
  /** Where the settings refer to it, such as `accounts.default.token`. */
  readonly keyPath: string
  readonly read: SecretReader
  /** Told each value that is revealed, so that logs can be scrubbed of it. */
  readonly onSecret: (value: string) => void
}

const MASK = '[secret]'
const MAX_SECRET_BYTES = 64 * 1024

/** `reveal` rejects with SECRET_UNREADABLE; that is retryable for files, which may be about to be replaced. */
export function createSecret({ keyPath, read, onSecret }: SecretOptions): Secret {
  const reveal = async () => {
    const result = await read()
    if (!result.ok) {
      throw new BuildwatchdError('SECRET_UNREADABLE', `${keyPath}: ${result.message}`, {
        retryable: result.retryable,
      })
    }
    onSecret(result.value)
    return result.value
  }
  const masked = { value: () => MASK }
  return Object.freeze(
    Object.defineProperties({ reveal }, { toJSON: masked, toString: masked, [inspect.custom]: masked }),
  )
}

/** A text with references such as `${NORTHFLANK_API_TOKEN}`; the environment is looked at again on every read. */
export function templateReader(template: string, env: Environment): SecretReader {
  return async () => {
    const result = interpolate(template, env)
    return result.ok
      ? singleLine(result.text, `write the secret alone into ${namesIn(template).join(' and ') || 'it'}`)
      : { ok: false, message: `${result.message}; ${result.hint}`, retryable: false }
  }
}

/**
 * A file with the secret on its only line. Read again when its time, size or inode has changed. Messages call it
 * `name`: who takes the two keys for one another writes the secret where the path belongs.
 */
export function fileReader(path: string, name = path): SecretReader {
  const absolute = resolve(path)
  let known: { stamp: string; value: string } | undefined
  return async () => {
    try {
      const { stamp, isFile } = await stampOf(absolute)
      if (!isFile) return unreadable(`${name} is no regular file; name the file that holds the secret`)
      if (known?.stamp === stamp) return { ok: true, value: known.value }
      const result = await readSecretFile(absolute)
      const read = result.ok ? result : { ...result, message: `${name} ${result.message}`, retryable: true }
      // Stamped before it was read: if it changes in between, the next read sees another stamp and reads again.
      known = read.ok ? { stamp, value: read.value } : undefined
      return read
    } catch (error) {
      known = undefined
      return unreadable(
        `${name} cannot be read (${errorCode(error)}); make the file readable for this process`,
      )
    }
  }
}

async function stampOf(path: string): Promise<{ stamp: string; isFile: boolean }> {
  const stats = await stat(path, { bigint: true })
  return { stamp: `${stats.mtimeNs}:${stats.size}:${stats.ino}`, isFile: stats.isFile() }
}

async function readSecretFile(path: string): Promise<SecretRead> {
  const file = await open(path, 'r')
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(MAX_SECRET_BYTES + 1), 0)
    if (bytesRead > MAX_SECRET_BYTES) return unreadable('is too large; it should hold the secret alone')
    return singleLine(decoded(buffer.subarray(0, bytesRead)), 'write the secret as its only line')
  } finally {
    await file.close()
  }
}

/** `undefined` for what is no UTF-8. */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

function singleLine(text: string | undefined, cure: string): SecretRead {
  if (text === undefined) return { ok: false, message: `is not UTF-8; ${cure}`, retryable: false }
  const value = text.replace(/[\r\n]+$/, '')
  if (value.trim() === '') return { ok: false, message: `is empty; ${cure}`, retryable: false }
  if (/\p{Cc}/u.test(value)) {
    return {
      ok: false,
      message: `holds more than one line or a control character; ${cure}`,
      retryable: false,
    }
  }
  return { ok: true, value }
}

function unreadable(message: string): SecretRead {
  return { ok: false, message, retryable: true }
}
