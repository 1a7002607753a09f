/** The live display in a process of its own on a real terminal, tmux: its wrapping, its signals, its idea of a cursor. */
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from '@jest/globals'
import type { LiveBuild } from '../../../src/cli/live-line.js'
import { eventually } from '../../support/eventually.js'

/** Does on the terminal what it is told through a socket, and answers with its process id. */
const DRAWING = `
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { createLiveDisplay, isLiveTerminal } from '${new URL('../../../dist/cli/live-display.js', import.meta.url).href}'
if (!isLiveTerminal(process.stdout, process.env)) process.exit(9)
const display = createLiveDisplay({ stdout: process.stdout, env: process.env })
const socket = connect(Number(process.argv[1]), '127.0.0.1', () => socket.write(String(process.pid)))
createInterface({ input: socket }).on('line', (line) => {
  const [act, argument] = JSON.parse(line)
  display[act](argument)
  if (act === 'end') socket.end()
})`

const usual = { medianMs: 118_000, p90Ms: 180_000, progress: 0.5, leftMs: 60_000 }

function building(name: string, elapsedMs = 60_000): LiveBuild {
  return { key: `shop/jobs/nightly/${name}`, status: 'BUILDING', elapsedMs, statusForMs: 0, usual }
}

function ended(name: string): LiveBuild {
  return { ...building(name), outcome: 'failure', tookMs: 252_000 }
}

/** For the socket of tmux: a server for each test, as one that is told to end may still answer the next. */
let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'buildwatchd-tmux-'))
})

function tmux(...argv: string[]): string {
  return execFileSync('tmux', ['-u', '-S', join(dir, 'socket'), '-f', '/dev/null', ...argv], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  })
}

let server: Server | undefined

afterEach(async () => {
  server?.close()
  try {
    tmux('kill-server')
  } catch {
    // It ends with its last pane.
  }
  await rm(dir, { recursive: true })
})

interface Drawing {
  readonly pid: number
  tell(act: 'show' | 'print' | 'end', argument?: readonly LiveBuild[] | string): void
  /** Resolves once these are the rows of the screen and of what has left it at the top. */
  screenIs(rows: readonly string[]): Promise<void>
}

/** A prompt appears when the process has ended, as a shell's would. */
async function drawingAt(columns: number, rows: number): Promise<Drawing> {
  server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const shell = 'printf "$ buildwatchd watch\\n"; "$@" 2>/dev/null; printf "prompt> "; exec cat'
  const size = ['-x', String(columns), '-y', String(rows)]
  const command = [process.execPath, '--input-type=module', '-e', DRAWING, String(address.port)]
  tmux('new-session', '-d', ...size, '-e', 'LANG=C.UTF-8', 'sh', '-c', shell, 'sh', ...command)
  const [socket]: Socket[] = await once(server, 'connection')
  if (!socket) throw new Error('no connection')
  const [pid] = await once(socket, 'data')
  socket.on('error', () => undefined)
  let seen = ''
  return {
    pid: Number(String(pid)),
    tell: (...act) => void socket.write(`${JSON.stringify(act)}\n`),
    screenIs: async (rows) => {
      const wanted = rows.join('\n')
      await eventually(() => (seen = tmux('capture-pane', '-p', '-S', '-').trimEnd()) === wanted, {
        what: `the screen shows\n${wanted}`,
        withinMs: 10_000,
        evidence: () => `but\n${seen}`,
      })
    },
  }
}

function isThere(): boolean {
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

function onTerminal(name: string, body: () => Promise<void>): void {
  if (isThere()) {
    it(name, body)
    return
  }
  process.stderr.write(`skipped: ${name}: tmux is not installed\n`)
  it.skip(`${name}: tmux is not installed`, body)
}

const START = '$ buildwatchd watch'

onTerminal('builds are drawn in place at 80 columns, lasting lines above them', async () => {
  const { tell, screenIs } = await drawingAt(80, 24)
  tell('show', [building('quick-fox-1'), building('calm-river-22', 5000)])
  await screenIs([
    START,
    'nightly/quick-fox-1    BUILDING 1m 00s  █████░░░░░ 50 %  about 1 min left',
    'nightly/calm-river-22  BUILDING 5s      █████░░░░░ 50 %  about 1 min left',
  ])
  tell('print', `a line that wraps: ${'x'.repeat(141)}`)
  tell('show', [{ ...building('quick-fox-1'), status: '构建中a\u0308' }, ended('calm-river-22')])
  await screenIs([
    START,
    `a line that wraps: ${'x'.repeat(61)}`,
    'x'.repeat(80),
    'nightly/quick-fox-1    构建中a\u0308 1m 00s  █████░░░░░ 50 %  about 1 min left',
    'nightly/calm-river-22  failed after 4 min 12 s',
  ])
  tell('show', [ended('calm-river-22')])
  tell('end')
  await screenIs([
    START,
    `a line that wraps: ${'x'.repeat(61)}`,
    'x'.repeat(80),
    'nightly/calm-river-22  failed after 4 min 12 s',
    'prompt>',
  ])
})

onTerminal('a terminal that is made narrower and wider again shows each build once', async () => {
  const { tell, screenIs } = await drawingAt(80, 24)
  tell('show', [building('quick-fox-1'), building('calm-river-22')])
  tell('print', 'it has begun')
  const narrow = ['nightly/quick-fox-1  BUILDING 1m 00s', 'nightly/calm-river-22  BUILDING 1m 00s']
  const wide = [
    'nightly/quick-fox-1    BUILDING 1m 00s  █████░░░░░ 50 %  about 1 min left',
    'nightly/calm-river-22  BUILDING 1m 00s  █████░░░░░ 50 %  about 1 min left',
  ]
  await screenIs([START, 'it has begun', ...wide])
  tmux('resize-window', '-x', '40', '-y', '24')
  await screenIs([START, 'it has begun', ...narrow])
  tmux('resize-window', '-x', '80', '-y', '24')
  await screenIs([START, 'it has begun', ...wide])
  tell('end')
  await screenIs([START, 'it has begun', ...wide, 'prompt>'])
})

onTerminal('at 40 columns and few rows no line wraps, and what has no row is counted', async () => {
  const { tell, screenIs } = await drawingAt(40, 6)
  const names = [
    'quick-fox-1',
    'calm-river-22',
    'brave-lion-333',
    'misty-hill-4444',
    'silent-oak-55555',
    'red-sun-6',
  ]
  tell(
    'show',
    names.map((name) => building(name)),
  )
  const rows = [
    START,
    'nightly/quick-fox-1  BUILDING 1m 00s',
    'nightly/calm-river-22  BUILDING 1m 00s',
    'nightly/brave-lion-333  BUILDING 1m 00s',
    'misty-hill-4444  BUILDING 1m 00s',
  ]
  await screenIs([...rows, '… and 2 more'])
  tell(
    'show',
    names.map((name) => building(name, 61_000)),
  )
  await screenIs([...rows.map((row) => row.replace('00s', '01s')), '… and 2 more'])
})

onTerminal('a process that is killed leaves the prompt a line of its own, and a cursor to see', async () => {
  const { tell, screenIs, pid } = await drawingAt(80, 24)
  tell('show', [building('quick-fox-1')])
  const line = 'nightly/quick-fox-1  BUILDING 1m 00s  █████░░░░░ 50 %  about 1 min left'
  await screenIs([START, line])
  process.kill(pid, 'SIGKILL')
  await eventually(() => tmux('capture-pane', '-p').includes('prompt>'), {
    what: 'a prompt',
    withinMs: 10_000,
  })
  const rows = tmux('capture-pane', '-p').trimEnd().split('\n')
  expect(rows.slice(0, 2)).toEqual([START, line])
  expect(rows.at(-1)).toBe('prompt>')
  expect(tmux('display-message', '-p', '#{cursor_flag}').trim()).toBe('1')
})
