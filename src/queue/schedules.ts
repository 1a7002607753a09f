import { createTask } from 'node-cron'
import type { Logger } from '../domain/ports.js'
import { reportFault } from './report-fault.js'

export interface Schedule {
  readonly name: string
  /** Cron expression, six fields, the first being seconds. */
  readonly cron: string
  readonly run: () => Promise<unknown>
}

export interface Schedules {
  stop(): Promise<void>
}

/** Runs each schedule at its times, never twice at once; the first run is at once. A run that throws is logged and forgotten. */
export async function startSchedules(schedules: readonly Schedule[], logger: Logger): Promise<Schedules> {
  const tasks = schedules.map(({ name, cron, run }) =>
    createTask(cron, () => runSafely(name, run, logger), {
      name,
      noOverlap: true,
      suppressMissedWarning: true,
      logger: cronLogger(logger),
    }),
  )
  for (const task of tasks) {
    await task.start()
    void task.execute().catch((error: unknown) => logger.debug({ error }, 'first run of a schedule failed'))
  }
  return {
    async stop() {
      for (const task of tasks) await task.destroy()
    },
  }
}

async function runSafely(name: string, run: () => Promise<unknown>, logger: Logger): Promise<void> {
  try {
    await run()
  } catch (error) {
    reportFault(
      logger.child({ schedule: name }),
      error,
      'a scheduled run was cut short; the next one makes up for it',
    )
  }
}

function cronLogger(logger: Logger): { info: Line; warn: Line; error: Line; debug: Line } {
  const line: Line = (message) => logger.debug({ scheduler: String(message) }, 'node-cron')
  return { info: line, warn: line, error: line, debug: line }
}

type Line = (message: string | Error) => void
