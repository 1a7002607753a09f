/** What someone gets who has installed the package and nothing else, in a folder with a blank and letters beyond ASCII in its path. */
import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '../../support/eventually.js'
import { projectWithPackage } from './packed-package.js'

const PATIENCE_MS = 60_000
const run = promisify(execFile)

describe('the package, installed', () => {
  let home: string
  let running: ChildProcess[]
  beforeAll(() => {
    home = projectWithPackage()
    running = []
  }, PATIENCE_MS)
  afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')))
  afterAll(() => rmSync(home, { recursive: true, force: true }))

  const env = { PATH: process.env['PATH'], NORTHFLANK_API_TOKEN: 'a-token', npm_config_offline: 'true' }
  const npx = (...args: string[]) => run('npx', ['--no-install', 'buildwatchd', ...args], { cwd: home, env })

  /** By the link that npm has made, as under a supervisor: npm itself would not pass a SIGTERM on. */
  function start(...args: string[]) {
    const child = spawn(join(home, 'node_modules/.bin/buildwatchd'), args, {
      cwd: home,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    running.push(child)
    let said = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text
      })
    return {
      child,
      prints: (text: string | RegExp) =>
        eventually(() => said.match(text) ?? undefined, {
          what: String(text),
          withinMs: 40_000,
          evidence: () => said,
        }),
      exit: once(child, 'close'),
    }
  }

  it(
    'answers npx',
    async () => {
      const { stdout } = await npx('--version')
      expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
    },
    PATIENCE_MS,
  )

  it(
    'runs the settings that ship as they are',
    async () => {
      cpSync(join(home, 'node_modules/buildwatchd/config'), join(home, 'config'), { recursive: true })
      const { stdout } = await npx('validate')
      expect(stdout).toMatch(/: valid; watches: \d+, notifiers: \d+\n$/)
    },
    PATIENCE_MS,
  )

  it(
    'shows the demo to the end of all its builds, and ends with 0 at SIGTERM',
    async () => {
      const demo = start('demo')
      await demo.prints('All six builds have ended')
      demo.child.kill('SIGTERM')
      await demo.exit
      expect([demo.child.exitCode, demo.child.signalCode]).toEqual([0, null])
    },
    PATIENCE_MS,
  )

  it(
    'simulates Northflank, with the traces of real builds',
    async () => {
      const simulator = start('simulate', '--port', '0', '--arrivals', 'shop/jobs/web,perHour=600')
      const [address = ''] = await simulator.prints(/http:\/\/127\.0\.0\.1:\d+/)
      const answer = await fetch(`${address}/v1/projects/shop/jobs/web/build`, {
        headers: { authorization: 'Bearer a-token' },
      })
      expect(answer.status).toBe(200)
    },
    PATIENCE_MS,
  )

  it('runs by a link from elsewhere, as after a global installation', async () => {
    const bin = join(home, 'elsewhere/bin')
    mkdirSync(bin, { recursive: true })
    const main = join(home, 'node_modules/buildwatchd/dist/main.js')
    chmodSync(main, 0o755)
    symlinkSync(main, join(bin, 'buildwatchd'))
    const { stdout } = await run(join(bin, 'buildwatchd'), ['schema', 'event'], { cwd: bin, env })
    expect(JSON.parse(stdout)).toHaveProperty('$schema')
  })

  it('is required from CommonJS where it has been asked for by import alone', async () => {
    writeFileSync(
      join(home, 'old.cjs'),
      `const { OUTCOMES } = require('buildwatchd')
       const { followEvents } = require('buildwatchd/follow')
       const { notifierContract } = require('buildwatchd/notifier-contract')
       const schema = require('buildwatchd/event.schema.json')
       console.log(OUTCOMES.length, typeof followEvents, typeof notifierContract, typeof schema.$schema)`,
    )
    const { stdout } = await run(process.execPath, ['old.cjs'], { cwd: home, env })
    expect(stdout).toBe('6 function function string\n')
  })
})
