import { readFile, rename, rm, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Clock } from '../domain/ports.js'
import { dataDirUnusable, ensureDataDir } from './data-dir.js'
import { errorCode } from './describe-error.js'
import { writeDurably } from './durable-file.js'

interface StoredSnapshot {
  readonly bytes: Uint8Array
  /** When it was written. */
  readonly at: number
  /** The engine ended in good order right after it: nothing is missing. */
  readonly complete: boolean
}

/** The engine's dump on disk. Everything rejects with DATA_DIR_UNUSABLE. */
export interface SnapshotFile {
  /** What is there at the start. From then on it counts as incomplete, until `write` says otherwise. */
  read(): Promise<StoredSnapshot | undefined>
  readonly write: (bytes: Uint8Array, options: { readonly complete: boolean }) => Promise<void>
  /** Moves an unreadable dump out of the way, for a person to look at; answers its new path. */
  setAside(): Promise<string>
}

export async function openSnapshotFile(dataDir: string, clock: Clock): Promise<SnapshotFile> {
  await ensureDataDir(dataDir)
  const path = resolve(dataDir, 'dump.rdb')
  const completeMark = `${path}.complete`
  return {
    async read() {
      try {
        const complete = await takeMark(completeMark)
        const [bytes, { mtimeMs }] = await Promise.all([readFile(path), stat(path)])
        return { bytes, at: Math.floor(mtimeMs), complete }
      } catch (error) {
        if (errorCode(error) === 'ENOENT') return undefined
        throw dataDirUnusable(`The snapshot ${path} cannot be read`, error)
      }
    },
    async write(bytes, { complete }) {
      try {
        await writeDurably(path, bytes)
        if (complete) await writeDurably(completeMark, '')
      } catch (error) {
        throw dataDirUnusable(`The snapshot ${path} cannot be written`, error)
      }
    },
    async setAside() {
      const aside = `${path}.corrupt-${new Date(clock.now()).toISOString().replaceAll(':', '-')}`
      try {
        await rename(path, aside)
        return aside
      } catch (error) {
        throw dataDirUnusable(`The unreadable snapshot ${path} cannot be moved aside`, error)
      }
    },
  }
}

/** Whether the mark was there; it is not any more. */
async function takeMark(path: string): Promise<boolean> {
  try {
    await rm(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw error
  }
}
