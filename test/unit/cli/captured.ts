/** A command line run in this process, with what it prints kept. */
import { Writable } from 'node:stream'
import { runCli } from '../../../src/cli/program.js'

interface Captured {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function captured(
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Captured> {
  const stdout = keeping()
  const stderr = keeping()
  const code = await runCli(argv, { stdout: stdout.stream, stderr: stderr.stream, env })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

function keeping(): { stream: Writable; text: () => string } {
  let text = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      text += String(chunk)
      done()
    },
  })
  return { stream, text: () => text }
}
