/** What `npm start` shows to someone who has nothing but Node: no Redis, no token, no network, no settings of one's own. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { demoBuilds } from '../../src/simulator/demo-builds.js'
import { type DaemonProcess, type Exit, startDaemon } from '../support/daemon-process.js'
import { eventually } from '../support/eventually.js'

const SHOWN_WITHIN_MS = 15_000
/** What stands behind a build's name in the line of its end; the names hold some of the words too. */
const END_WORDS = / (succeeded|failed|crashed|was aborted|could not be submitted) after /
const CONCLUDED = 'dev.buildwatchd.build.concluded.v1'

describe('npm start', () => {
  let dir: string
  let builds: readonly string[]
  let demo: DaemonProcess
  let tookMs: number
  let exit: Exit
  const heard: { type: string; subject: string; channel: string }[] = []

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'buildwatchd-demo-test-'))
    builds = demoBuilds().map(({ ref }) => ref.build)
    const startedAt = performance.now()
    demo = startDaemon({ args: ['demo'], cwd: dir, ownGroup: true })
    const subscriber = await subscribeAsTold()
    await eventually(() => builds.every(isOver) && demo.stdout().some(isAllTold), {
      what: 'every end',
      withinMs: 30_000,
      evidence: () => demo.stdout().join('\n'),
    })
    tookMs = performance.now() - startedAt
    subscriber.disconnect()
    demo.signalGroup('SIGINT')
    demo.signal('SIGINT')
    exit = await demo.exited
  }, 60_000)

  afterAll(async () => {
    await demo.kill9()
    await rm(dir, { recursive: true, force: true })
  })

  /** Listens with what the demo's own line names, as a person would from another terminal. */
  async function subscribeAsTold(): Promise<Redis> {
    const { text } = await demo.line(/redis-cli .*psubscribe/)
    const [, url = '', pattern = ''] = /redis-cli -u (\S+) psubscribe '([^']+)'/.exec(text) ?? []
    const subscriber = new Redis(url)
    subscriber.on('pmessage', (_, channel: string, message: string) => {
      heard.push({ channel, ...JSON.parse(message) })
    })
    await subscriber.psubscribe(pattern)
    return subscriber
  }

  function isOver(build: string): boolean {
    const lines = demo.stdout().filter((line) => line.includes(build))
    return lines.some((line) => line.includes('webhook')) && lines.some((line) => END_WORDS.test(line))
  }

  const isAllTold = (line: string): boolean => line.startsWith('All six builds have ended')

  it('shows every build to its end within 15 seconds', () => {
    expect(tookMs).toBeLessThan(SHOWN_WITHIN_MS)
  })

  it('shows each build moving through its states before it ends', () => {
    for (const build of builds) {
      const words = demo.stdout().filter((line) => line.includes(build) && !line.includes('webhook'))
      const end = words.findIndex((line) => END_WORDS.test(line))
      expect(words.slice(0, end).filter((line) => line.includes('is now')).length).toBeGreaterThan(0)
      expect(end).toBe(words.length - 1)
    }
  })

  it('shows one webhook with a valid signature for each end', () => {
    for (const build of builds) {
      const webhooks = demo.stdout().filter((line) => line.includes('webhook') && line.includes(`/${build}`))
      expect(webhooks).toEqual([expect.stringMatching(/signature (valid|ok)/i)])
    }
  })

  it('tells in words that a line was broken and mended', () => {
    const ends = demo.stdout().filter((line) => line.includes('/jobs/web/') && line.includes('webhook'))
    expect(ends).toEqual([expect.stringContaining('first_failed'), expect.stringContaining('fixed')])
  })

  it('prints a command that hears each end once', () => {
    const ends = heard
      .filter(({ type }) => type === CONCLUDED)
      .map(({ subject }) => subject.split('/').at(-1))
    expect(ends).toHaveLength(builds.length)
    expect(new Set(ends)).toEqual(new Set(builds))
    expect(heard.every(({ channel, subject }) => channel === `buildwatch:events:${subject}`)).toBe(true)
  })

  it('says when all is told, and at the end that nothing is left behind', () => {
    const lines = demo.stdout()
    const told = lines.findIndex(isAllTold)
    expect(lines.slice(0, told).filter((line) => line.includes('webhook received'))).toHaveLength(
      builds.length,
    )
    expect(lines.at(-1)).toBe('The demo has ended, and leaves nothing behind. Your own builds: README.md')
  })

  it('complains of nothing', () => {
    expect(demo.stderr()).toEqual([])
  })

  it('ends with exit 0 at Ctrl-C, though the signal comes twice', () => {
    expect(exit).toEqual({ code: 0, signal: null })
  })
})

it('the demo ends when nobody reads it any more', async () => {
  const executable = fileURLToPath(new URL('../../dist/main.js', import.meta.url))
  // The shell waits for both: a demo that went on would hold it until the time is up.
  const piped = ['-c', '"$0" "$1" demo | head -3', process.execPath, executable]
  const { stdout } = await promisify(execFile)('sh', piped, { timeout: 40_000 })
  expect(stdout.trim().split('\n')).toHaveLength(3)
})
