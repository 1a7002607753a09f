import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { readEndpoint, removeEndpoint, writeEndpoint } from '../../../src/embedded/endpoint-file.js'

const ENDPOINT = { url: 'redis://127.0.0.1:6399', startedAt: 1_790_000_000_000 }

let dataDir: string
let path: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'buildwatchd-endpoint-'))
  path = join(dataDir, 'endpoint.json')
})

afterEach(() => rm(dataDir, { recursive: true }))

/** The file as a process left it that has ended since. */
async function writeAsEndedProcess(): Promise<void> {
  await writeEndpoint(dataDir, ENDPOINT)
  const child = spawn(process.execPath, ['-e', ''])
  const { pid } = child
  await once(child, 'exit')
  const content: unknown = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify({ ...Object(content), pid }))
}

describe('the endpoint file', () => {
  it('tells other commands where the engine is and whose it is', async () => {
    await writeEndpoint(dataDir, ENDPOINT)
    expect(await readEndpoint(dataDir)).toEqual({ ...ENDPOINT, pid: process.pid })
  })

  it('is readable for its user alone, and written as a whole', async () => {
    await writeEndpoint(dataDir, ENDPOINT)
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    expect(await readdir(dataDir)).toEqual(['endpoint.json'])
  })

  it('creates a missing directory', async () => {
    const below = join(dataDir, 'a', 'b')
    await writeEndpoint(below, ENDPOINT)
    expect(await readEndpoint(below)).toMatchObject(ENDPOINT)
  })

  it('replaces the word of a predecessor', async () => {
    await writeEndpoint(dataDir, ENDPOINT)
    await writeEndpoint(dataDir, { ...ENDPOINT, url: 'redis://127.0.0.1:7000' })
    expect(await readEndpoint(dataDir)).toMatchObject({ url: 'redis://127.0.0.1:7000' })
  })

  it('names no engine where no daemon has been', async () => {
    expect(await readEndpoint(dataDir)).toBeUndefined()
    expect(await readEndpoint(join(dataDir, 'missing'))).toBeUndefined()
  })

  it('ignores the word of a process that has ended', async () => {
    await writeAsEndedProcess()
    expect(await readEndpoint(dataDir)).toBeUndefined()
  })

  it.each(['', '{', 'null', '[]', '{"url":1}', '{"url":"redis://x","pid":1,"startedAt":"now"}'])(
    'ignores a file that holds %j',
    async (content) => {
      await writeFile(path, content)
      expect(await readEndpoint(dataDir)).toBeUndefined()
    },
  )

  it('is gone after its removal, which may be repeated', async () => {
    await writeEndpoint(dataDir, ENDPOINT)
    await removeEndpoint(dataDir)
    await removeEndpoint(dataDir)
    expect(await readdir(dataDir)).toEqual([])
  })

  it('is not removed by a process that did not write it', async () => {
    await writeAsEndedProcess()
    await removeEndpoint(dataDir)
    expect(await readdir(dataDir)).toEqual(['endpoint.json'])
  })

  it('says what is wrong with a directory that cannot be written', async () => {
    await writeFile(join(dataDir, 'file'), '')
    await expect(writeEndpoint(join(dataDir, 'file'), ENDPOINT)).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
    })
  })
})
