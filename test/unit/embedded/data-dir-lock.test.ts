import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { lockDataDir } from '../../../src/embedded/data-dir-lock.js'
import { markOf, type ProcessMark } from '../../../src/embedded/process-mark.js'

let dataDir: string
const children: ChildProcess[] = []

beforeEach(async () => {
  dataDir = join(await mkdtemp(join(tmpdir(), 'buildwatchd-lock-')), 'data')
})

afterEach(async () => {
  for (const child of children.splice(0)) await end(child)
  await rm(join(dataDir, '..'), { recursive: true })
})

async function startProcess(): Promise<{ child: ChildProcess; mark: ProcessMark }> {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  children.push(child)
  await once(child, 'spawn')
  return { child, mark: await markOf(child.pid) }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

describe('the lock of a data directory', () => {
  it('creates the directory for this user alone', async () => {
    await lockDataDir(dataDir)
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
  })

  it('refuses a second lock in the same process', async () => {
    await lockDataDir(dataDir)
    await expect(lockDataDir(dataDir)).rejects.toMatchObject({ code: 'DATA_DIR_LOCKED' })
  })

  it('refuses while another process lives that holds it, naming process, directory and cure', async () => {
    const { mark } = await startProcess()
    await lockDataDir(dataDir, { mark })
    await expect(lockDataDir(dataDir)).rejects.toThrow(
      `The data directory ${dataDir} is in use by process ${mark.pid}. Stop that daemon first, or set redis.data_dir to another directory.`,
    )
  })

  it('leaves nothing of its own behind when it was refused', async () => {
    const { mark } = await startProcess()
    await lockDataDir(dataDir, { mark })
    await expect(lockDataDir(dataDir)).rejects.toThrow()
    expect(await readdir(dataDir)).toHaveLength(1)
  })

  it('takes over from a process that was killed', async () => {
    const { child, mark } = await startProcess()
    await lockDataDir(dataDir, { mark })
    await end(child)
    await lockDataDir(dataDir)
    expect(await readdir(dataDir)).toEqual([expect.stringMatching(`^daemon\\.${process.pid}\\.`)])
  })

  it('takes over when the process id belongs to a younger process by now', async () => {
    const { mark } = await startProcess()
    await lockDataDir(dataDir, { mark: { ...mark, start: '00000000-1' } })
    await expect(lockDataDir(dataDir)).resolves.toBeDefined()
  })

  it('is free again after its release', async () => {
    const lock = await lockDataDir(dataDir)
    await lock.release()
    await lock.release()
    await expect(lockDataDir(dataDir)).resolves.toBeDefined()
  })

  it('goes to exactly one of several processes that start together, over the lock of a dead one', async () => {
    const marks = await Promise.all([1, 2, 3, 4].map(async () => (await startProcess()).mark))
    for (let round = 0; round < 10; round += 1) {
      const dead = { pid: marks[0]?.pid ?? 0, start: '00000000-1' }
      await lockDataDir(dataDir, { mark: dead })
      const results = await Promise.allSettled(marks.map((mark) => lockDataDir(dataDir, { mark })))
      const won = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
      expect(won).toHaveLength(1)
      await won[0]?.release()
    }
  })

  it('says what is wrong with a directory that cannot be created', async () => {
    await writeFile(dataDir, 'a file')
    await expect(lockDataDir(join(dataDir, 'below'))).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      message: expect.stringContaining(join(dataDir, 'below')),
    })
  })
})
