/**
 * What runs at its times: node-cron, with two things made good. The first run is at once, not at the first full second that
 * matches. And where the system's clock is set back, node-cron would wait for the time that it had in mind, hours perhaps,
 * so the tasks begin anew.
 */
import { createTask, type ScheduledTask } from 'node-cron'
import type { Clock, Logger } from '../domain/ports.js'
import type { FaultLog } from './fault-log.js'
import { watchClock } from './watch-clock.js'
import { settledWithin } from './with-deadline.js'

export interface Schedule {
  readonly name: string
  /** Cron expression, six fields, the first being seconds. */
  readonly cron: string
  readonly run: () => Promise<unknown>
}

export interface ScheduleMeans {
  readonly clock: Clock
  readonly logger: Logger
  readonly faults: FaultLog
  /** Run when the clock was set back: others wait for points in time too. */
  readonly afterSetBack: () => Promise<unknown>
}

export interface Schedules {
  /** No run begins after this; one in hand is waited for, but not for long. */
  stop(): Promise<void>
}

interface Ticking {
  readonly task: ScheduledTask
  /** Begins nothing while a run is in hand. */
  readonly run: () => Promise<void>
  /** Resolves when no run is in hand. */
  readonly idle: () => Promise<void>
}

/** A run in hand is waited for so long when the daemon stops; what it leaves undone the first run after the start makes up for. */
const LAST_RUN_MS = 2000

/** Runs each schedule at its times, never twice at once; the first run is at once. A run that throws is logged and forgotten. */
export async function startSchedules(
  schedules: readonly Schedule[],
  means: ScheduleMeans,
): Promise<Schedules> {
  const { clock, logger, faults } = means
  const ticking = schedules.map((schedule) => createTicking(schedule, means))
  for (const { task, run } of ticking) {
    await task.start()
    void run()
  }
  const watch = watchClock(clock, (byMs) => {
    logger.warn({ byMs }, 'the clock was set back: everything that waits is due now')
    void beginAnew(ticking).catch((error: unknown) => faults(error, 'schedules did not begin anew'))
    void runSafely({ name: 'clock', run: means.afterSetBack }, faults)
  })
  return {
    async stop() {
      watch.stop()
      for (const { task } of ticking) await task.destroy()
      await settledWithin(Promise.all(ticking.map(({ idle }) => idle())), LAST_RUN_MS)
    },
  }
}

function createTicking({ name, cron, run }: Schedule, { logger, faults }: ScheduleMeans): Ticking {
  let inHand: Promise<void> | undefined
  // node-cron's own guard against overlaps does not see a first run that was not its own.
  function runUnlessRunning(): Promise<void> {
    inHand ??= runSafely({ name, run }, faults).finally(() => {
      inHand = undefined
    })
    return inHand
  }
  const task = createTask(cron, runUnlessRunning, {
    name,
    suppressMissedWarning: true,
    logger: cronLogger(logger),
  })
  return { task, run: runUnlessRunning, idle: async () => inHand }
}

async function beginAnew(ticking: readonly Ticking[]): Promise<void> {
  for (const { task } of ticking) {
    await task.stop()
    await task.start()
  }
}

async function runSafely({ name, run }: Pick<Schedule, 'name' | 'run'>, faults: FaultLog): Promise<void> {
  try {
    await run()
  } catch (error) {
    faults(error, 'a scheduled run was cut short; the next one makes up for it', { schedule: name })
  }
}

function cronLogger(logger: Logger): { info: Line; warn: Line; error: Line; debug: Line } {
  const line: Line = (message) => logger.debug({ scheduler: String(message) }, 'node-cron')
  return { info: line, warn: line, error: line, debug: line }
}

type Line = (message: string | Error) => void
