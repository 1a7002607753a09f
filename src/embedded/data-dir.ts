import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { BuildwatchdError } from '../domain/errors.js'
import { describeError } from './describe-error.js'

/** Creates the directory, for this user alone, where it is missing. Rejects with DATA_DIR_UNUSABLE. */
export async function ensureDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
  } catch (error) {
    throw dataDirUnusable(`The data directory ${resolve(dataDir)} cannot be created`, error)
  }
}

/** `what` names the place and what was tried. */
export function dataDirUnusable(what: string, cause: unknown): BuildwatchdError {
  return new BuildwatchdError(
    'DATA_DIR_UNUSABLE',
    `${what} (${describeError(cause)}). See to its owner, mode and free space, or set redis.data_dir to another directory.`,
    { cause },
  )
}
