/** `dist/main.js` with its ends in the test's hands: pipes that close, signals that come early. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const EXECUTABLE = fileURLToPath(new URL('../../../dist/main.js', import.meta.url))

export interface Command {
  readonly child: ChildProcess
  readonly stderr: () => string
  readonly exited: Promise<readonly [number | null, NodeJS.Signals | null]>
}

export function startCommand(args: readonly string[], env: Readonly<Record<string, string>> = {}): Command {
  const { PATH = '', HOME = '' } = process.env
  const child = spawn(process.execPath, [EXECUTABLE, ...args], {
    env: { PATH, HOME, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const exited = once(child, 'close').then((): [number | null, NodeJS.Signals | null] => [
    child.exitCode,
    child.signalCode,
  ])
  return { child, stderr: () => stderr, exited }
}
