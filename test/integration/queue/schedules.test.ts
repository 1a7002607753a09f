import { afterEach, expect, it } from '@jest/globals'
import { createFaultLog } from '../../../src/queue/fault-log.js'
import { type Schedules, startSchedules } from '../../../src/queue/schedules.js'
import { eventually } from '../../support/eventually.js'
import { createRecordingLogger } from '../../support/recording-logger.js'

const HOUR = 3_600_000
const EVERY_SECOND = '* * * * * *'
const WITHIN_MS = 6000

const SystemDate = Date
let shiftMs = 0
/** What the system's clock is to this process, so that it can be set. */
class ShiftedDate extends SystemDate {
  constructor(...[value]: [value?: number | string]) {
    super(value ?? ShiftedDate.now())
  }
  static override now(): number {
    return SystemDate.now() + shiftMs
  }
}

let schedules: Schedules | undefined

afterEach(async () => {
  await schedules?.stop()
  schedules = undefined
  shiftMs = 0
  globalThis.Date = SystemDate
})

async function startEverySecond(run: () => Promise<void>) {
  const logger = createRecordingLogger()
  const clock = { now: () => ShiftedDate.now() }
  let setBacks = 0
  const afterSetBack = async () => {
    setBacks += 1
  }
  schedules = await startSchedules([{ name: 'every second', cron: EVERY_SECOND, run }], {
    clock,
    logger,
    faults: createFaultLog(logger, clock),
    claimRun: async () => true,
    afterSetBack,
  })
  return { logger, setBacks: () => setBacks }
}

it('runs a schedule at once, and then at its times', async () => {
  let runs = 0
  const startedAt = performance.now()
  await startEverySecond(async () => {
    runs += 1
  })
  expect(runs).toBe(1)
  await eventually(() => runs === 3, { what: 'two more runs', withinMs: WITHIN_MS })
  expect(performance.now() - startedAt).toBeGreaterThan(1000)
})

it('goes on when the clock is set back, and lets everyone know', async () => {
  globalThis.Date = Object.assign(ShiftedDate)
  let runs = 0
  const { setBacks } = await startEverySecond(async () => {
    runs += 1
  })
  await eventually(() => runs >= 2, { what: 'a run by the clock', withinMs: WITHIN_MS })
  shiftMs = -HOUR
  const before = runs
  await eventually(() => runs >= before + 3, { what: 'runs after the jump', withinMs: WITHIN_MS })
  expect(setBacks()).toBe(1)
})

it('takes no notice of a clock that is corrected by a second', async () => {
  let runs = 0
  const { setBacks } = await startEverySecond(async () => {
    runs += 1
  })
  shiftMs = -1000
  await eventually(() => runs >= 4, { what: 'runs after the correction', withinMs: WITHIN_MS })
  expect(setBacks()).toBe(0)
})

it('goes on after a run that threw', async () => {
  let runs = 0
  const { logger } = await startEverySecond(async () => {
    runs += 1
    throw new Error('a defect')
  })
  await eventually(() => runs >= 2, { what: 'another run', withinMs: WITHIN_MS })
  expect(logger.lines).toContainEqual(
    expect.objectContaining({
      level: 'error',
      fields: expect.objectContaining({ schedule: 'every second' }),
    }),
  )
})
