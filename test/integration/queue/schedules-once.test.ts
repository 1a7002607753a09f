/** Replicas that are to do a thing once, in processes of their own: one of them must be able to die. */
import { afterEach, expect, it } from '@jest/globals'
import { BuildwatchdError } from '../../../src/domain/errors.js'
import { createFaultLog } from '../../../src/queue/fault-log.js'
import { type Schedule, type Schedules, startSchedules } from '../../../src/queue/schedules.js'
import { createKeys } from '../../../src/store/keys.js'
import { createRunClaims } from '../../../src/store/run-claims.js'
import { eventually } from '../../support/eventually.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { describeEachRedis } from '../../support/redis-engines.js'
import { type Child, childProgram } from './child-program.js'

/** Notes in Redis each second that it runs. With `DIES=1` it is gone the moment a run is its own. */
const PROGRAM = `
import { Redis } from 'ioredis'
import { createFaultLog } from './src/queue/fault-log.js'
import { startSchedules } from './src/queue/schedules.js'
import { createKeys } from './src/store/keys.js'
import { createRunClaims } from './src/store/run-claims.js'
const logger = { debug() {}, info() {}, warn() {}, error: console.error, child: () => logger }
const redis = new Redis(process.env.URL)
const claim = createRunClaims({ redis, keys: createKeys('buildwatch') })
const claimRun = async (key, ttlMs) => {
  const isOurs = await claim(key, ttlMs)
  if (isOurs && process.env.DIES) process.kill(process.pid, 'SIGKILL')
  if (isOurs) console.log('claimed')
  return isOurs
}
const run = () => redis.rpush('runs', process.env.NAME + ' ' + Math.floor(Date.now() / 1000))
const faults = createFaultLog(logger, Date)
const means = { clock: Date, logger, faults, claimRun, afterSetBack: async () => {} }
await startSchedules([{ name: 'digest', cron: '* * * * * *', once: true, waits: true, run }], means)
console.log('started')
`

const SECOND = 1000
const WITHIN_MS = 10_000
const ON_LEAP_DAYS = '0 0 29 2 *'

describeEachRedis('a schedule that runs once across replicas', (engine) => {
  const program = childProgram(['domain', 'queue', 'store'], PROGRAM)

  const replica = (name: string, how: Record<string, string> = {}): Child =>
    program.start({ URL: engine.url(), NAME: name, ...how })

  async function runs(): Promise<{ by: string; second: number }[]> {
    const lines = await engine.connect().lrange('runs', 0, -1)
    return lines.map((line) => ({ by: line.split(' ')[0] ?? '', second: Number(line.split(' ')[1]) }))
  }

  it('runs each time on one of two processes', async () => {
    const [one, two] = [replica('one'), replica('two')]
    await Promise.all([one.printed('started'), two.printed('started')])
    await eventually(async () => (await runs()).length >= 4, { what: 'four runs', withinMs: WITHIN_MS })
    const seconds = (await runs()).map(({ second }) => second)
    expect(new Set(seconds).size).toBe(seconds.length)
    expect(seconds.at(-1)! - seconds[0]!).toBe(seconds.length - 1)
  })

  it('is run by another the next time when the one that had claimed it has died', async () => {
    const mortal = replica('mortal', { DIES: '1' })
    await mortal.exited
    const diedAt = Math.floor(Date.now() / SECOND)
    expect(await runs()).toEqual([])
    const heir = replica('heir')
    await heir.printed('claimed')
    const [first] = await eventually(async () => ((await runs()).length > 0 ? runs() : undefined), {
      what: 'a run',
      withinMs: WITHIN_MS,
    })
    expect(first).toMatchObject({ by: 'heir' })
    expect(first!.second).toBeGreaterThanOrEqual(diedAt)
  })

  it('leaves nothing in Redis for ever', async () => {
    const child = replica('one')
    await child.printed('claimed')
    const redis = engine.connect()
    const keys = await redis.keys('{buildwatch}:run:digest:*')
    expect(keys[0]).toMatch(/^\{buildwatch\}:run:digest:\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/)
    for (const key of keys) expect(await redis.pttl(key)).toBeGreaterThan(0)
  })
})

describeEachRedis('the first run, at once,', (engine) => {
  const running: Schedules[] = []
  const logger = createRecordingLogger()

  afterEach(async () => {
    for (const schedules of running.splice(0)) await schedules.stop()
    logger.lines.length = 0
  })

  async function start(
    schedule: Partial<Schedule> & Pick<Schedule, 'run'>,
    {
      now = Date.now,
      claimRun = createRunClaims({ redis: engine.connect(), keys: createKeys('buildwatch') }),
    } = {},
  ): Promise<void> {
    const clock = { now }
    const means = { clock, logger, faults: createFaultLog(logger, clock), claimRun }
    const schedules = await startSchedules(
      [{ name: 'retention', cron: ON_LEAP_DAYS, once: true, ...schedule }],
      {
        ...means,
        afterSetBack: async () => undefined,
      },
    )
    running.push(schedules)
  }

  /** All that was begun has come to its end: claims are answered in the order in which they were asked. */
  const settled = (): Promise<unknown> => engine.connect().ping()

  it('is one replica’s, if they start within a minute', async () => {
    const now = Date.parse('2026-11-20T09:17:05Z')
    let ran = 0
    const run = async (): Promise<void> => void (ran += 1)
    for (const later of [0, 10_000, 54_000]) await start({ run }, { now: () => now + later })
    await eventually(() => ran === 1, { what: 'a run', withinMs: WITHIN_MS })
    await settled()
    expect(ran).toBe(1)
    await start({ run }, { now: () => now + 60_000 })
    await eventually(() => ran === 2, { what: 'another minute’s run', withinMs: WITHIN_MS })
  })

  it('does not come where the schedule has just run by the clock', async () => {
    const claimRun = createRunClaims({ redis: engine.connect(), keys: createKeys('buildwatch') })
    expect(await claimRun('retention:2026-11-20T09:17:00.000Z', 60_000)).toBe(true)
    const asked: string[] = []
    await start(
      { run: () => Promise.reject(new Error('it ran')) },
      {
        now: () => Date.parse('2026-11-20T09:17:30Z'),
        claimRun: async (key, ttlMs) => {
          const isOurs = await claimRun(key, ttlMs)
          asked.push(`${key} ${isOurs}`)
          return isOurs
        },
      },
    )
    await eventually(() => asked.length > 0, { what: 'the claim', withinMs: WITHIN_MS })
    expect(asked).toEqual(['retention:2026-11-20T09:17:00.000Z false'])
  })

  it('is left out where the schedule waits for its time', async () => {
    let asked = 0
    const claimRun = async (): Promise<boolean> => {
      asked += 1
      return true
    }
    await start({ waits: true, run: () => Promise.reject(new Error('it ran')) }, { claimRun })
    await new Promise((resolve) => setImmediate(resolve))
    expect(asked).toBe(0)
    expect(logger.lines.filter(({ level }) => level === 'error')).toEqual([])
  })

  it('is left to the next time when it cannot be claimed, and Redis’ refusal is said', async () => {
    let ran = 0
    const refused = new BuildwatchdError('REDIS_REFUSED', 'NOPERM')
    await start({ run: async () => void (ran += 1) }, { claimRun: () => Promise.reject(refused) })
    await eventually(() => logger.lines.some(({ level }) => level === 'error'), {
      what: 'a word of it',
      withinMs: WITHIN_MS,
    })
    expect(ran).toBe(0)
  })
})
