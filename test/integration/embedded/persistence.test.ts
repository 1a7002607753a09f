import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { type EmbeddedValkey, startEmbeddedValkey } from '../../../src/embedded/embedded-valkey.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

let scratch: string
let dataDir: string
const running: EmbeddedValkey[] = []
const clients: Redis[] = []

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'buildwatchd-valkey-'))
  dataDir = join(scratch, 'data')
})

afterEach(async () => {
  // One that has ended would be given two seconds to end again.
  for (const client of clients.splice(0)) if (client.status !== 'end') client.disconnect()
  for (const valkey of running.splice(0)) await valkey.stop()
  await rm(scratch, { recursive: true })
})

async function start(dir = dataDir) {
  const logger = createRecordingLogger()
  const clock = { now: () => Date.UTC(2026, 10, 24, 10) }
  const valkey = await startEmbeddedValkey({ port: 0, dataDir: dir, logger, clock })
  running.push(valkey)
  const redis = new Redis(valkey.url, { retryStrategy: () => null })
  redis.on('error', () => undefined)
  clients.push(redis)
  return { valkey, redis, warnings: () => logger.lines.filter(({ level }) => level === 'warn') }
}

/** What a crash of the process leaves behind: the directory as it is at this moment. */
async function leftByCrash(): Promise<string> {
  const copy = join(scratch, 'after-crash')
  await cp(dataDir, copy, { recursive: true, preserveTimestamps: true })
  return copy
}

describe('the data of the embedded Valkey', () => {
  it('survives a clean restart: strings, hashes, streams, groups, what is pending, times to live', async () => {
    const before = await start()
    await before.redis.hset('build', { status: 'BUILDING', seq: '2' })
    await before.redis.set('lease', 'mine', 'PX', 3_600_000)
    await before.redis.xgroup('CREATE', 'events', 'dispatch', '0', 'MKSTREAM')
    await before.redis.xadd('events', '1-0', 'event', 'a')
    await before.redis.xreadgroup('GROUP', 'dispatch', 'one', 'STREAMS', 'events', '>')
    await before.redis.xadd('events', '2-0', 'event', 'b')
    await before.valkey.stop()

    const { redis } = await start()
    expect(await redis.hgetall('build')).toEqual({ status: 'BUILDING', seq: '2' })
    expect(await redis.pttl('lease')).toBeGreaterThan(3_500_000)
    expect(await redis.xpending('events', 'dispatch')).toEqual([1, '1-0', '1-0', [['one', '1']]])
    expect(await redis.xreadgroup('GROUP', 'dispatch', 'two', 'STREAMS', 'events', '>')).toEqual([
      ['events', [['2-0', ['event', 'b']]]],
    ])
  })

  it('holds every write that was acknowledged before a clean stop', async () => {
    const { valkey, redis } = await start()
    const writer = { acknowledged: 0 }
    const writing = (async () => {
      for (;;) {
        await redis.incr('count')
        writer.acknowledged += 1
      }
    })()
    while (writer.acknowledged < 50) await redis.ping()
    await Promise.all([expect(writing).rejects.toThrow('Connection is closed'), valkey.stop()])
    expect(Number(await (await start()).redis.get('count'))).toBeGreaterThanOrEqual(writer.acknowledged)
  })

  it('is after a crash what the last snapshot held', async () => {
    const { valkey, redis } = await start()
    await redis.set('before', '1')
    await valkey.save()
    await redis.set('after', '1')
    const { redis: restarted } = await start(await leftByCrash())
    expect(await restarted.keys('*')).toEqual(['before'])
  })

  it('comes with the time of its snapshot, and with word whether that held everything', async () => {
    const first = await start()
    expect(first.valkey.restoredFrom).toBeUndefined()
    await first.valkey.save()
    const left = await leftByCrash()
    const { mtimeMs } = await stat(join(left, 'dump.rdb'))
    const crashed = await start(left)
    expect(crashed.valkey.restoredFrom).toEqual({ at: Math.floor(mtimeMs), complete: false })
    await first.valkey.stop()
    expect((await start()).valkey.restoredFrom).toMatchObject({ complete: true })
    expect((await start(await leftByCrash())).valkey.restoredFrom).toMatchObject({ complete: false })
  })

  it('lies in files for this user alone', async () => {
    const { valkey } = await start()
    await valkey.save()
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700)
    expect((await stat(join(dataDir, 'dump.rdb'))).mode & 0o777).toBe(0o600)
    expect(await readdir(dataDir)).toEqual(['dump.rdb'])
  })

  it('is on disk soon after it was asked for, in one snapshot', async () => {
    const { valkey, redis } = await start()
    await redis.set('told', '1')
    const saves = async (): Promise<number> =>
      Number(/rdb_saves:(\d+)/.exec(await redis.info('persistence'))?.[1])
    const before = await saves()
    for (let calls = 0; calls < 20; calls += 1) valkey.saveSoon()
    while (!(await readdir(dataDir)).includes('dump.rdb')) await redis.ping()
    expect(await saves()).toBe(before + 1)
  })

  it.each([
    ['cut off', (dump: Buffer) => dump.subarray(0, dump.length - 20)],
    ['altered', (dump: Buffer) => Buffer.from(dump).fill(0x55, 40, 60)],
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('not a dump at all')],
  ])('that is %s is moved aside with a warning, and the engine starts empty', async (_name, damage) => {
    const { valkey, redis } = await start()
    await redis.set('a', 'x'.repeat(200))
    await valkey.stop()
    const path = join(dataDir, 'dump.rdb')
    const damaged = damage(await readFile(path))
    await writeFile(path, damaged)

    const restarted = await start()
    const movedTo = `${path}.corrupt-2026-11-24T10-00-00.000Z`
    expect(await restarted.redis.dbsize()).toBe(0)
    expect(restarted.valkey.restoredFrom).toBeUndefined()
    expect(await readFile(movedTo)).toEqual(damaged)
    expect(restarted.warnings()).toContainEqual({
      level: 'warn',
      fields: { movedTo, reason: expect.stringContaining('did not start') },
      message: 'The snapshot of the embedded Valkey is unreadable and was moved aside: starting empty.',
    })
  })

  it('is kept in memory while it cannot be saved, and saved when that works again', async () => {
    const { valkey, redis, warnings } = await start()
    await redis.set('a', '1')
    await rename(dataDir, join(scratch, 'away'))
    await expect(valkey.save()).rejects.toMatchObject({
      code: 'DATA_DIR_UNUSABLE',
      message: expect.stringContaining(join(dataDir, 'dump.rdb')),
    })
    await expect(valkey.save()).rejects.toThrow('cannot be written')
    expect(await redis.get('a')).toBe('1')
    await rename(join(scratch, 'away'), dataDir)
    await valkey.save()
    expect(warnings()).toHaveLength(1)
    expect(await (await start(await leftByCrash())).redis.get('a')).toBe('1')
  })

  it('is refused, not replaced, when its file cannot be read', async () => {
    await start().then(({ valkey }) => valkey.stop())
    await rm(join(dataDir, 'dump.rdb'))
    await mkdir(join(dataDir, 'dump.rdb'))
    await expect(start()).rejects.toMatchObject({ code: 'DATA_DIR_UNUSABLE' })
  })

  it('is not saved while clients are paused, and the engine goes on', async () => {
    const { valkey, redis } = await start()
    await redis.client('PAUSE', 60_000, 'ALL')
    await expect(valkey.save()).rejects.toMatchObject({ code: 'EMBEDDED_FAILED' })
  })

  it('is kept nowhere without a directory', async () => {
    const valkey = await startEmbeddedValkey({ port: 0, logger: createRecordingLogger() })
    valkey.saveSoon()
    await valkey.save()
    await valkey.stop()
    expect(await readdir(scratch)).toEqual([])
  })
})
