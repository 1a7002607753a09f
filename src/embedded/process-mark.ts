import { readFile } from 'node:fs/promises'
import { errorCode } from './describe-error.js'

/**
 * Names one process for good: process ids are used again (in a container every start is process 1), so the time of its
 * start, in clock ticks since the boot with this id, goes with it. Outside Linux the mark is `unknown` and the pid must do.
 */
export interface ProcessMark {
  readonly pid: number
  readonly start: string
}

/** The start of a process where the system does not tell it. */
export const UNKNOWN_START = 'unknown'

/** The mark of a running process; this one by default. */
export async function markOf(pid: number = process.pid): Promise<ProcessMark> {
  return { pid, start: (await startOf(pid)) ?? UNKNOWN_START }
}

/** Whether the process of this mark still runs; one that has ended and waits for its parent to notice does not. */
export async function isAlive({ pid, start }: ProcessMark): Promise<boolean> {
  const found = await startOf(pid)
  if (found !== undefined && start !== UNKNOWN_START) return found === start
  return found !== GONE && answersSignals(pid)
}

const GONE = 'gone'

/** `undefined` where /proc tells nothing about the process. */
async function startOf(pid: number): Promise<string | undefined> {
  try {
    const [stat, bootId] = await Promise.all([
      readFile(`/proc/${pid}/stat`, 'utf8'),
      readFile('/proc/sys/kernel/random/boot_id', 'utf8'),
    ])
    // proc(5): the name of the program, in parentheses, may hold anything; the state follows it, the start is 20 fields on.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' || fields[0] === 'X' ? GONE : `${bootId.slice(0, 8)}-${fields[19]}`
  } catch {
    return undefined
  }
}

function answersSignals(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // Someone else's process: it is there, and not to be touched.
    return errorCode(error) === 'EPERM'
  }
}
