import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { dataDirUnusable, ensureDataDir } from './data-dir.js'
import { errorCode } from './describe-error.js'
import { writeDurably } from './durable-file.js'
import { isAlive, markOf, type ProcessMark } from './process-mark.js'

/** Where the daemon of a data directory keeps its engine. */
export interface Endpoint {
  readonly url: string
  readonly pid: number
  readonly startedAt: number
}

const FILE_NAME = 'endpoint.json'

/** Leaves word, readable for this user alone, so that other commands find the engine. Rejects with DATA_DIR_UNUSABLE. */
export async function writeEndpoint(
  dataDir: string,
  endpoint: { readonly url: string; readonly startedAt: number },
): Promise<void> {
  await ensureDataDir(dataDir)
  const path = join(dataDir, FILE_NAME)
  const { pid, start } = await markOf()
  const content = { url: endpoint.url, pid, startedAt: endpoint.startedAt, processStart: start }
  try {
    await writeDurably(path, `${JSON.stringify(content, undefined, 2)}\n`)
  } catch (error) {
    throw dataDirUnusable(`${resolve(path)} cannot be written`, error)
  }
}

/** The engine of the daemon that lives now: absent when there is none, or only a dead one's word. */
export async function readEndpoint(dataDir: string): Promise<Endpoint | undefined> {
  const stored = await readStored(dataDir)
  if (stored === undefined || !(await isAlive(stored.mark))) return undefined
  return stored.endpoint
}

/** Takes back this process's word; another's is left alone. */
export async function removeEndpoint(dataDir: string): Promise<void> {
  const stored = await readStored(dataDir)
  if (stored?.mark.pid === process.pid) await rm(join(dataDir, FILE_NAME), { force: true })
}

async function readStored(
  dataDir: string,
): Promise<{ readonly endpoint: Endpoint; readonly mark: ProcessMark } | undefined> {
  const path = join(dataDir, FILE_NAME)
  try {
    return parseEndpoint(JSON.parse(await readFile(path, 'utf8')))
  } catch (error) {
    // Not there, or not ours to understand: either way there is no daemon to be found through it.
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR' || isSyntaxError(error))
      return undefined
    throw dataDirUnusable(`${resolve(path)} cannot be read`, error)
  }
}

function parseEndpoint(json: unknown): { endpoint: Endpoint; mark: ProcessMark } | undefined {
  const { url, pid, startedAt, processStart }: Record<string, unknown> = { ...Object(json) }
  if (typeof url !== 'string' || typeof pid !== 'number') return undefined
  if (typeof startedAt !== 'number' || typeof processStart !== 'string') return undefined
  return { endpoint: { url, pid, startedAt }, mark: { pid, start: processStart } }
}

function isSyntaxError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === 'SyntaxError'
}
