/** `tail` as a process: what comes later, signals, a reader that leaves, a Redis that comes and goes. */
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { type EmbeddedValkey, startEmbeddedValkey } from '../../../src/embedded/embedded-valkey.js'
import { removeEndpoint, writeEndpoint } from '../../../src/embedded/endpoint-file.js'
import { eventually } from '../../support/eventually.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { itOnServer } from '../../support/world-redis.js'
import { listening, logWriter } from '../follow/follow-fixtures.js'
import { testLogger } from '../store/store-fixtures.js'
import { type Command, startCommand } from './command-process.js'

const PATIENCE_MS = 60_000

interface Tail extends Command {
  readonly lines: string[]
}

function startTail(url: string, ...argv: string[]): Tail {
  const command = startCommand(['tail', ...argv], { REDIS_URL: url })
  const lines: string[] = []
  const { stdout } = command.child
  if (stdout) createInterface({ input: stdout }).on('line', (line) => lines.push(line))
  return { ...command, lines }
}

async function printed({ lines, stderr }: Tail, count: number): Promise<void> {
  const evidence = () => `${lines.join('\n')}\n${stderr()}`
  await eventually(() => lines.length >= count, { what: `${count} lines`, withinMs: 40_000, evidence })
}

const builds = ({ lines }: Tail) => lines.map((line) => /build-\d+/.exec(line)?.[0])

describeEachRedis('tail', (engine) => {
  let redis: Redis
  let writer: ReturnType<typeof logWriter>
  let tail: Tail | undefined

  beforeEach(async () => {
    redis = engine.connect()
    writer = logWriter(redis)
    await writer.name('dataset-1')
  })
  afterEach(() => void tail?.child.kill('SIGKILL'))

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)(
    'prints what was, then what comes, and ends at %s with %i',
    async (signal, code) => {
      await writer.append(3)
      tail = startTail(engine.url(), '-n', '2')
      await printed(tail, 2)
      await listening(redis)
      await writer.append(2)
      await printed(tail, 4)
      tail.child.kill(signal)
      expect([await tail.exited, tail.stderr()]).toEqual([[code, null], ''])
      expect(builds(tail)).toEqual(['build-1', 'build-2', 'build-3', 'build-4'])
      expect(tail.lines.join()).not.toContain('\u001b')
    },
    PATIENCE_MS,
  )

  it(
    'ends quietly when its reader has gone away',
    async () => {
      await writer.append(1)
      tail = startTail(engine.url(), '--since', 'beginning')
      await printed(tail, 1)
      await listening(redis)
      tail.child.stdout?.destroy()
      // The first may still find room in the pipe that is being closed.
      const { exited, stderr } = tail
      const ended = new AbortController()
      void exited.finally(() => ended.abort())
      const isOver = async () => {
        await writer.append(1)
        return ended.signal.aborted
      }
      await eventually(isOver, { what: 'the end', withinMs: 30_000, evidence: stderr })
      expect([await exited, stderr()]).toEqual([[0, null], ''])
    },
    PATIENCE_MS,
  )
})

describe('tail on an embedded engine', () => {
  it(
    'finds it again where it has come back on another port, and misses nothing',
    async () => {
      const dataDir = await mkdtemp(join(tmpdir(), 'buildwatchd-tail-'))
      const settings = join(dataDir, 'settings.yaml')
      await writeFile(settings, `redis: { url: embedded, data_dir: ${dataDir} }\n`)
      const running: EmbeddedValkey[] = []
      const clients: Redis[] = []
      const start = async () => {
        const engine = await startEmbeddedValkey({ port: 0, dataDir, logger: testLogger() })
        running.push(engine)
        await writeEndpoint(dataDir, { url: engine.url, startedAt: Date.now() })
        const redis = new Redis(engine.url, { maxRetriesPerRequest: null }).on('error', () => undefined)
        clients.push(redis)
        return { engine, redis }
      }
      // Whoever has its port afterwards is another.
      const squatter = createServer((socket) => socket.destroy())
      const { engine, redis } = await start()
      const writer = logWriter(redis)
      await writer.name('dataset-1')
      await writer.append(2)
      const tail = startTail('', '-c', settings, '--since', 'beginning')
      try {
        await printed(tail, 2)
        await removeEndpoint(dataDir)
        await engine.stop()
        await once(squatter.listen(engine.port, '127.0.0.1'), 'listening')
        const isSaid = () => tail.stderr().includes('is away')
        await eventually(isSaid, { what: 'the outage', withinMs: 30_000, evidence: tail.stderr })
        const later = await start()
        await logWriter(later.redis).append(1)
        await printed(tail, 3)
        tail.child.kill('SIGINT')
        expect(await tail.exited).toEqual([130, null])
        expect(builds(tail)).toEqual(['build-0', 'build-1', 'build-0'])
        expect(tail.stderr()).toContain(`buildwatchd: Redis is back, at ${later.engine.url}\n`)
        expect(tail.stderr()).not.toContain('missing')
      } finally {
        tail.child.kill('SIGKILL')
        squatter.close()
        for (const client of clients) client.disconnect()
        for (const each of running) await each.stop()
        await rm(dataDir, { recursive: true, force: true })
      }
    },
    2 * PATIENCE_MS,
  )
})

describe('tail on a server that comes and goes', () => {
  itOnServer(
    'says once that it is away and once that it is back, and misses nothing',
    async (server) => {
      const url = await server.url()
      const redis = new Redis(url, { maxRetriesPerRequest: null })
      redis.on('error', () => undefined)
      const writer = logWriter(redis)
      await writer.name('dataset-1')
      await writer.append(2)
      const tail = startTail(url, '--since', 'beginning')
      try {
        await printed(tail, 2)
        await server.stop()
        const says = (words: string) => tail.stderr().includes(words)
        await eventually(() => says('is away'), {
          what: 'the outage',
          withinMs: 30_000,
          evidence: tail.stderr,
        })
        await server.start()
        await writer.append(2)
        await printed(tail, 4)
        await eventually(() => says('is back'), {
          what: 'the return',
          withinMs: 30_000,
          evidence: tail.stderr,
        })
        tail.child.kill('SIGINT')
        expect(await tail.exited).toEqual([130, null])
        expect(builds(tail)).toEqual(['build-0', 'build-1', 'build-2', 'build-3'])
        expect(tail.stderr()).toMatch(
          /^buildwatchd: Redis is away \(redis:\/\/127\.0\.0\.1:\d+: .+\); going on when it is back\nbuildwatchd: Redis is back\n$/,
        )
      } finally {
        tail.child.kill('SIGKILL')
        redis.disconnect()
      }
    },
    2 * PATIENCE_MS,
  )

  itOnServer(
    'waits for one that is not there yet',
    async (server) => {
      const url = await server.url()
      await server.stop()
      const tail = startTail(url, '--since', 'beginning')
      const redis = new Redis(url, { maxRetriesPerRequest: null })
      redis.on('error', () => undefined)
      try {
        const isSaid = () => tail.stderr().includes('Redis is away')
        await eventually(isSaid, { what: 'the outage', withinMs: 30_000, evidence: tail.stderr })
        await server.start()
        const writer = logWriter(redis)
        await writer.name('dataset-1')
        await writer.append(1)
        await printed(tail, 1)
        tail.child.kill('SIGTERM')
        await once(tail.child, 'close')
      } finally {
        tail.child.kill('SIGKILL')
        redis.disconnect()
      }
    },
    2 * PATIENCE_MS,
  )
})
