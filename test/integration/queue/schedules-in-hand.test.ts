import { afterEach, describe, expect, it } from '@jest/globals'
import { BuildwatchdError } from '../../../src/domain/errors.js'
import { createFaultLog } from '../../../src/queue/fault-log.js'
import { type Schedule, type Schedules, startSchedules } from '../../../src/queue/schedules.js'
import { createRecordingLogger } from '../../support/recording-logger.js'
import { promised } from './queue-bench.js'

const EVERY_SECOND = '* * * * * *'
const ON_LEAP_DAYS = '0 0 0 29 2 *'

const logger = createRecordingLogger()
const running: Schedules[] = []

afterEach(async () => {
  for (const schedules of running.splice(0)) await schedules.stop()
  logger.lines.length = 0
})

async function start(...schedules: Omit<Schedule, 'name'>[]): Promise<Schedules> {
  const started = await startSchedules(
    schedules.map((schedule, at) => ({ name: `schedule ${at}`, ...schedule })),
    {
      clock: Date,
      logger,
      faults: createFaultLog(logger, Date),
      claimRun: async () => true,
      afterSetBack: async () => undefined,
    },
  )
  running.push(started)
  return started
}

/** A run that counts, and a promise for the n-th one. */
function counted(n: number, work: () => Promise<unknown> = async () => undefined) {
  const reached = promised()
  let runs = 0
  const run = async (): Promise<void> => {
    runs += 1
    if (runs === n) reached.keep()
    await work()
  }
  return { run, reached: reached.kept, runs: () => runs }
}

describe('a run in hand', () => {
  it('is never joined by another of its schedule, the first run included', async () => {
    let now = 0
    let most = 0
    const third = counted(3, async () => {
      now += 1
      most = Math.max(most, now)
      await new Promise((resolve) => setTimeout(resolve, 1300))
      now -= 1
    })
    await start({ cron: EVERY_SECOND, run: third.run })
    await third.reached
    expect(most).toBe(1)
  })

  it('holds up no other schedule', async () => {
    const slow = promised()
    const third = counted(3)
    await start({ cron: EVERY_SECOND, run: () => slow.kept }, { cron: EVERY_SECOND, run: third.run })
    await third.reached
    slow.keep()
    expect(third.runs()).toBe(3)
  })

  it('may fail for want of Redis without a word: the connection tells of it', async () => {
    const second = counted(2, () =>
      Promise.reject(new BuildwatchdError('REDIS_UNREACHABLE', 'gone', { retryable: true })),
    )
    await start({ cron: EVERY_SECOND, run: second.run })
    await second.reached
    expect(logger.lines.map(({ level }) => level)).not.toContain('error')
  })
})

describe('stopping schedules', () => {
  it('waits for the run in hand', async () => {
    const run = promised()
    const schedules = await start({ cron: ON_LEAP_DAYS, run: () => run.kept })
    let stopped = false
    const stopping = schedules.stop().then(() => {
      stopped = true
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(stopped).toBe(false)
    run.keep()
    await stopping
    expect(stopped).toBe(true)
  })

  it('does not wait for ever', async () => {
    const schedules = await start({ cron: ON_LEAP_DAYS, run: () => promised().kept })
    const askedAt = performance.now()
    await schedules.stop()
    expect(performance.now() - askedAt).toBeLessThan(3000)
  })

  it('lets no run begin afterwards', async () => {
    const first = counted(1)
    const schedules = await start({ cron: EVERY_SECOND, run: first.run })
    await first.reached
    await schedules.stop()
    const before = first.runs()
    const third = counted(3)
    await start({ cron: EVERY_SECOND, run: third.run })
    await third.reached
    expect(first.runs()).toBe(before)
  })
})

describe('a schedule in the place of another', () => {
  it('runs at its own times, and the other no more', async () => {
    const [first, second] = [counted(2), counted(2)]
    const schedules = await start({ cron: EVERY_SECOND, run: first.run })
    await first.reached
    await schedules.replace('schedule 0', { cron: EVERY_SECOND, run: second.run })
    const before = first.runs()
    await second.reached
    expect(first.runs()).toBe(before)
  })

  it('may be none', async () => {
    const [gone, stays] = [counted(1), counted(3)]
    const schedules = await start(
      { cron: EVERY_SECOND, run: gone.run },
      { cron: EVERY_SECOND, run: stays.run },
    )
    await gone.reached
    await schedules.replace('schedule 0', undefined)
    const before = gone.runs()
    await stays.reached
    expect(gone.runs()).toBe(before)
  })

  it('may be a new one, and ends with the others', async () => {
    const [first, third] = [counted(1), counted(3)]
    const schedules = await start()
    await schedules.replace('late comer', { cron: EVERY_SECOND, run: first.run })
    await first.reached
    await schedules.stop()
    const before = first.runs()
    await start({ cron: EVERY_SECOND, run: third.run })
    await third.reached
    expect(first.runs()).toBe(before)
  })
})
