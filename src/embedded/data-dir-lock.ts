/**
 * One daemon per data directory. Each starter first puts down a file of its own, named for its process, and then looks for the
 * files of others: whoever sees a living one withdraws. So two starters may both withdraw and try again, but never both go
 * on, and taking over from a dead process is just deleting its file: no moment in which a living lock can be mistaken for
 * the dead one it replaced, as with a single lock file.
 */
import { open, readdir, rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { BuildwatchdError } from '../domain/errors.js'
import type { Random } from '../domain/ports.js'
import { dataDirUnusable, ensureDataDir } from './data-dir.js'
import { errorCode } from './describe-error.js'
import { isAlive, markOf, type ProcessMark, UNKNOWN_START } from './process-mark.js'

export interface DataDirLock {
  /** Safe to call twice. */
  release(): Promise<void>
}

export interface LockOptions {
  readonly random?: Random
  /** In whose name; default this process's. */
  readonly mark?: ProcessMark
}

const FILE_NAME = /^daemon\.(\d+)\.([\w-]+)\.lock$/
const ATTEMPTS = 8
const LONGEST_PAUSE_MS = 60

/**
 * Takes the directory for this process, creating it where it is missing. Rejects with DATA_DIR_LOCKED while another living
 * process (or this one) holds it, with DATA_DIR_UNUSABLE where it cannot be written.
 */
export async function lockDataDir(dataDir: string, options: LockOptions = {}): Promise<DataDirLock> {
  await ensureDataDir(dataDir)
  const { random = Math.random, mark = await markOf() } = options
  const own = join(dataDir, fileNameOf(mark))
  for (let attempt = 1; ; attempt += 1) {
    await putDown(own, mark)
    const holder = await findLivingOther(dataDir, own)
    if (holder === undefined) return { release: () => rm(own, { force: true }) }
    await rm(own, { force: true })
    if (attempt === ATTEMPTS) throw locked(dataDir, holder.pid)
    // Uneven pauses: two starters that met must not meet again and again.
    await sleep(random() * LONGEST_PAUSE_MS)
  }
}

function fileNameOf({ pid, start }: ProcessMark): string {
  return `daemon.${pid}.${start}.lock`
}

async function putDown(own: string, { pid, start }: ProcessMark): Promise<void> {
  try {
    // The name says it all: no moment in which a file is there and its content is not.
    const file = await open(own, start === UNKNOWN_START ? 'w' : 'wx', 0o600)
    await file.close()
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw locked(dirname(own), pid)
    throw dataDirUnusable(`The lock ${resolve(own)} cannot be written`, error)
  }
}

/** The process of any living lock but our own; deletes those of the dead on the way. */
async function findLivingOther(dataDir: string, own: string): Promise<ProcessMark | undefined> {
  for (const name of await readdir(dataDir)) {
    const path = join(dataDir, name)
    const [, pid, start] = FILE_NAME.exec(name) ?? []
    if (path === own || pid === undefined || start === undefined) continue
    const mark = { pid: Number(pid), start }
    if (await isAlive(mark)) return mark
    await rm(path, { force: true })
  }
  return undefined
}

function locked(dataDir: string, pid: number): BuildwatchdError {
  return new BuildwatchdError(
    'DATA_DIR_LOCKED',
    `The data directory ${resolve(dataDir)} is in use by process ${pid}. Stop that daemon first, or set redis.data_dir to another directory.`,
  )
}
