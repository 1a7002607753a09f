import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { isAlive, markOf, UNKNOWN_START } from '../../../src/embedded/process-mark.js'

const children: ChildProcess[] = []

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** A process that has ended and whose parent never asks how: what is left of it is a zombie. */
async function leaveZombie(): Promise<number> {
  const script = 'sleep 0.05 & echo $!; exec sleep 60'
  const parent = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'] })
  children.push(parent)
  const [line] = await once(parent.stdout, 'data')
  const pid = Number(String(line))
  while (!(await readFile(`/proc/${pid}/stat`, 'utf8')).includes(') Z ')) await setImmediate()
  return pid
}

describe('the mark of a process', () => {
  it('says that this process is alive', async () => {
    expect(await isAlive(await markOf())).toBe(true)
  })

  it('says that a process without a known start is alive when its pid is', async () => {
    expect(await isAlive({ pid: process.pid, start: UNKNOWN_START })).toBe(true)
  })

  it('tells another process with the same pid apart by its start', async () => {
    const { pid, start } = await markOf()
    expect(await isAlive({ pid, start: `${start}0` })).toBe(false)
  })

  const onLinux = process.platform === 'linux' ? it : it.skip
  onLinux('says that a process is gone that has ended, though its parent has not noticed', async () => {
    const pid = await leaveZombie()
    expect(await isAlive({ pid, start: UNKNOWN_START })).toBe(false)
  })

  it('says that a process is gone that never was', async () => {
    expect(await isAlive({ pid: 0x3fff_ffff, start: UNKNOWN_START })).toBe(false)
  })
})
