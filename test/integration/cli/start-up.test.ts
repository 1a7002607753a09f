/**
 * What it costs to start, beside a bare Node. Other work on the machine slows all runs of a round alike, so the rounds are
 * interleaved, the best of each kind counts, and what is held is how many times that of a bare Node it is. CPU time, because a
 * process that waits for a core looks slow and costs nothing. `npm run jest -- test/integration/cli/start-up.test.ts` prints the figures.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { REPOSITORY } from '../../contract/docs/markdown.js'

const EXECUTABLE = `${REPOSITORY}dist/main.js`
const GET = [EXECUTABLE, 'get', 'job', 'build', '--project', 'p', '--job', 'j', '--build', 'b']
const ROUNDS = 12

/** How many times a bare Node it may be: half as much again as it is, as docs/benchmarks.md has it. */
const MOST: Readonly<Record<string, number>> = {
  '--help': 3.5,
  'completion bash': 4.5,
  'get job build': 6,
}

/** Tells at the end of the process what it has used. */
const METER = `
  const { writeSync } = require('node:fs')
  process.on('exit', () => {
    const { user, system } = process.cpuUsage()
    writeSync(2, 'used ' + (user + system) / 1000 + '\\n')
  })`

let folder: string
let api: Server
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'buildwatchd-start-up-'))
  writeFileSync(join(folder, 'meter.cjs'), METER)
  writeFileSync(join(folder, 'bare.mjs'), '')
  api = createServer((_, response) => response.end(JSON.stringify({ data: { id: 'b', status: 'SUCCESS' } })))
  await once(api.listen(0, '127.0.0.1'), 'listening')
  const address = api.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const { PATH = '' } = process.env
  env = { PATH, NORTHFLANK_API_TOKEN: 'some', NORTHFLANK_API_URL: `http://127.0.0.1:${address.port}` }
})

afterAll(() => {
  api.closeAllConnections()
  api.close()
  rmSync(folder, { recursive: true, force: true })
})

async function ran(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, args, { env, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] })
  const [said] = await Promise.all([text(child.stderr), once(child, 'close')])
  if (child.exitCode !== 0) throw new Error(`${args.join(' ')} has exited ${child.exitCode}: ${said}`)
  return said
}

async function cpuMs(args: readonly string[]): Promise<number> {
  const said = await ran(['--require', join(folder, 'meter.cjs'), ...args])
  return Number(/^used (.+)$/m.exec(said)?.[1])
}

describe('starting', () => {
  it('costs little more than Node itself', async () => {
    const kinds = {
      bare: [join(folder, 'bare.mjs')],
      '--help': [EXECUTABLE, '--help'],
      'get job build': GET,
      'completion bash': [EXECUTABLE, 'completion', 'bash'],
    }
    const best = new Map<string, number>()
    for (let round = 0; round < ROUNDS; round++)
      for (const [kind, args] of Object.entries(kinds))
        best.set(kind, Math.min(best.get(kind) ?? Infinity, await cpuMs(args)))
    const bare = best.get('bare')!
    const more = [...best].map(([kind, ms]) => `${kind} ${ms.toFixed(0)} (${(ms / bare).toFixed(1)} x)`)
    process.stderr.write(`CPU ms, best of ${ROUNDS}: ${more.join(', ')}\n`)
    expect([...best].filter(([kind, ms]) => !(ms / bare <= (MOST[kind] ?? 1)))).toEqual([])
  }, 120_000)
})
