/**
 * Runs one program to its end. It leads a process group of its own, so that it can be ended together with what it has
 * started, and nothing of the group outlives the run. Only a program that leaves its group on purpose gets away.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

interface Program {
  readonly command: readonly string[]
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>
  readonly input: string
}

export interface ProgramRun {
  readonly ended:
    | { readonly kind: 'exited'; readonly code: number }
    | { readonly kind: 'signalled'; readonly signal: string }
    /** Because the caller's signal fired. */
    | { readonly kind: 'stopped' }
    | { readonly kind: 'not_started'; readonly error: unknown }
  /** The last that it wrote to stderr. */
  readonly stderr: StderrEnd
}

export interface StderrEnd {
  readonly text: string
  /** Something was written before it. */
  readonly isCut: boolean
}

/** Between asking the group to end and ending it. */
const GRACE_MS = 2000
/** For what is still in the pipe when the program has ended, and for ends that nobody closes. */
const LAST_WORDS_MS = 250
const MOST_STDERR = 16_384
const NOTHING_SAID: StderrEnd = { text: '', isCut: false }

/** Never rejects. When the signal fires the group is told to end, and ended after 2 s. */
export async function runProgram(program: Program, signal: AbortSignal): Promise<ProgramRun> {
  if (signal.aborted) return { ended: { kind: 'stopped' }, stderr: NOTHING_SAID }
  let child: ChildProcess
  try {
    child = start(program)
  } catch (error) {
    return { ended: { kind: 'not_started', error }, stderr: NOTHING_SAID }
  }
  const stderr = keepEnd(child.stderr)
  give(program.input, child.stdin)
  const ended = await endOf(child, signal)
  return { ended, stderr: stderr() }
}

function start({ command: [name = '', ...args], env }: Program): ChildProcess {
  return spawn(name, args, { cwd: '/', env, detached: true, shell: false, stdio: ['pipe', 'ignore', 'pipe'] })
}

/**
 * Whoever does not want to read need not: the pipe then breaks, which is no error of anybody's. What Node calls a pipe is a
 * socket: it can be read, but not opened by a name such as /dev/stdin.
 */
function give(input: string, stdin: Writable | null): void {
  stdin?.on('error', () => undefined)
  stdin?.end(input)
}

function keepEnd(stream: Readable | null): () => StderrEnd {
  let kept = Buffer.alloc(0)
  let isCut = false
  stream?.on('error', () => undefined)
  stream?.on('data', (chunk: Buffer) => {
    const all = Buffer.concat([kept, chunk])
    isCut ||= all.length > MOST_STDERR
    kept = all.subarray(-MOST_STDERR)
  })
  return () => ({ text: kept.toString('utf8'), isCut })
}

/** Resolves once the program has ended and its group is gone. */
function endOf(child: ChildProcess, signal: AbortSignal): Promise<ProgramRun['ended']> {
  return new Promise((resolve) => {
    let grace: NodeJS.Timeout | undefined
    const onStop = (): void => {
      signalGroup(child, 'SIGTERM')
      grace = setTimeout(() => settle({ kind: 'stopped' }), GRACE_MS)
    }
    const settle = (ended: ProgramRun['ended']): void => {
      clearTimeout(grace)
      signal.removeEventListener('abort', onStop)
      signalGroup(child, 'SIGKILL')
      drained(child, () => resolve(ended))
    }
    signal.addEventListener('abort', onStop, { once: true })
    child.once('error', (error) => settle({ kind: 'not_started', error }))
    child.once('exit', (code, name) => settle(signal.aborted ? { kind: 'stopped' } : wayOut(code, name)))
  })
}

function wayOut(code: number | null, signal: string | null): ProgramRun['ended'] {
  return signal === null ? { kind: 'exited', code: code ?? 0 } : { kind: 'signalled', signal }
}

function signalGroup({ pid }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, name)
  } catch {
    // Nobody is left in it, or nobody whom we may end.
  }
}

/** A process that has left the group may hold the pipes open for ever. */
function drained(child: ChildProcess, done: () => void): void {
  const finish = (): void => {
    clearTimeout(timer)
    child.removeListener('close', finish)
    for (const stream of [child.stdin, child.stderr]) stream?.destroy()
    done()
  }
  const timer = setTimeout(finish, LAST_WORDS_MS)
  child.once('close', finish)
}
