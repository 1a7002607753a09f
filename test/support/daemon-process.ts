/**
 * `dist/main.js` as a child process: what a user starts is what is tested. Each process is ended by the pid that was
 * stored when it was started, after its test and, should the test runner die first, on the runner's own exit.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { eventually } from './eventually.js'

const EXECUTABLE = fileURLToPath(new URL('../../dist/main.js', import.meta.url))

export interface DaemonOptions {
  /** Command and arguments: `['run', '-c', file]`. */
  readonly args: readonly string[]
  readonly cwd: string
  /** On top of a bare environment: PATH and HOME alone are taken over. */
  readonly env?: Readonly<Record<string, string>>
  /** Options of Node itself, before the executable. */
  readonly nodeArgs?: readonly string[]
  /** In a process group of its own, as a terminal would start it. */
  readonly ownGroup?: boolean
}

interface OutputLine {
  readonly stream: 'stdout' | 'stderr'
  readonly text: string
  /** Epoch ms. */
  readonly at: number
}

export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export interface DaemonProcess {
  readonly pid: number
  /** Everything it has printed, in order. */
  readonly lines: readonly OutputLine[]
  stdout(): string[]
  stderr(): string[]
  /** Resolves when it is gone and everything it printed has been read. */
  readonly exited: Promise<Exit>
  isRunning(): boolean
  /** The first line, printed already or not, that holds `text` or matches it. */
  line(text: string | RegExp, withinMs?: number): Promise<OutputLine>
  signal(signal: NodeJS.Signals): void
  /** Signals its whole group, as Ctrl-C in a terminal does; needs `ownGroup`. */
  signalGroup(signal: NodeJS.Signals): void
  /** SIGKILL; resolves when it is gone. */
  kill9(): Promise<Exit>
  /** SIGTERM; resolves with its exit, rejects when it is not gone within 25 s. */
  terminate(): Promise<Exit>
}

const LINE_WITHIN_MS = 15_000
const EXIT_WITHIN_MS = 25_000

export function startDaemon(options: DaemonOptions): DaemonProcess {
  const { args, cwd, env = {}, nodeArgs = [], ownGroup = false } = options
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [...nodeArgs, EXECUTABLE, ...args], {
    cwd,
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: ownGroup,
  })
  const lines: OutputLine[] = []
  readLines(child, (line) => lines.push(line))
  const killOnExit = (): void => void child.kill('SIGKILL')
  process.once('exit', killOnExit)
  const exited = once(child, 'close').then((): Exit => {
    process.off('exit', killOnExit)
    return { code: child.exitCode, signal: child.signalCode }
  })
  const pid = child.pid ?? 0
  const textsOf = (stream: OutputLine['stream']) => () =>
    lines.filter((line) => line.stream === stream).map(({ text }) => text)
  const isRunning = (): boolean => child.exitCode === null && child.signalCode === null
  const evidence = (): string => lastWords(lines)

  return {
    pid,
    lines,
    stdout: textsOf('stdout'),
    stderr: textsOf('stderr'),
    exited,
    isRunning,
    line: (text, withinMs = LINE_WITHIN_MS) =>
      eventually(() => lines.find((line) => holds(line, text)), {
        what: `a line with ${text}`,
        withinMs,
        evidence,
      }),
    signal: (signal) => void child.kill(signal),
    signalGroup: (signal) => void process.kill(-pid, signal),
    async kill9() {
      child.kill('SIGKILL')
      return exited
    },
    async terminate() {
      child.kill('SIGTERM')
      await eventually(() => !isRunning(), { what: 'its exit', withinMs: EXIT_WITHIN_MS, evidence })
      return exited
    },
  }
}

/** Runs a command to its end. */
export async function runCommand(
  options: DaemonOptions & { readonly withinMs?: number },
): Promise<Exit & { readonly stdout: string; readonly stderr: string }> {
  const command = startDaemon(options)
  const { withinMs = EXIT_WITHIN_MS } = options
  const what = `the end of ${options.args.join(' ')}`
  await eventually(() => !command.isRunning(), { what, withinMs }).catch(async (error: unknown) => {
    await command.kill9()
    throw error
  })
  const exit = await command.exited
  const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')
  return { ...exit, stdout: text(command.stdout()), stderr: text(command.stderr()) }
}

function readLines(child: ChildProcess, onLine: (line: OutputLine) => void): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    let rest = ''
    child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
      const texts = (rest + chunk).split('\n')
      rest = texts.pop() ?? ''
      for (const text of texts) onLine({ stream, text, at: Date.now() })
    })
    child[stream]?.on('end', () => rest && onLine({ stream, text: rest, at: Date.now() }))
  }
}

function holds({ text }: OutputLine, wanted: string | RegExp): boolean {
  return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text)
}

function lastWords(lines: readonly OutputLine[]): string {
  return lines
    .slice(-25)
    .map(({ stream, text }) => `  ${stream}: ${text}`)
    .join('\n')
}
