/**
 * What runs at its times: node-cron, with three things made good. The first run is at once, not at the first time that
 * matches. Where the system's clock is set back, node-cron would wait for the time that it had in mind, hours perhaps, so the
 * tasks begin anew. And what is to run once however many replicas there are is claimed, the first run included.
 */
import { createTask, type ScheduledTask } from 'node-cron'
import type { Clock, Logger } from '../domain/ports.js'
import type { FaultLog } from './fault-log.js'
import { watchClock } from './watch-clock.js'
import { settledWithin } from './with-deadline.js'

export interface Schedule {
  readonly name: string
  /** Cron expression of five fields, or of six, the first being seconds. */
  readonly cron: string
  /** IANA time zone of the expression; the system's own by default. */
  readonly timezone?: string
  /** Each time on one of the replicas; on every one of them by default. */
  readonly once?: true
  /** No first run at once. */
  readonly waits?: true
  readonly run: () => Promise<unknown>
}

export interface ScheduleMeans {
  readonly clock: Clock
  readonly logger: Logger
  readonly faults: FaultLog
  /** `true` for the one of all replicas that comes first with this key; the claim is forgotten after `ttlMs`. */
  readonly claimRun: (key: string, ttlMs: number) => Promise<boolean>
  /** Run when the clock was set back: others wait for points in time too. */
  readonly afterSetBack: () => Promise<unknown>
}

export interface Schedules {
  /** Puts another schedule in the place of the one of this name, or none; a run in hand goes on. */
  replace(name: string, schedule: Omit<Schedule, 'name'> | undefined): Promise<void>
  /** No run begins after this; one in hand is waited for, but not for long. */
  stop(): Promise<void>
}

interface Ticking {
  readonly task: ScheduledTask
  /** Begins nothing while a run is in hand. */
  readonly firstRun: () => Promise<void>
  /** Resolves when no run is in hand. */
  readonly idle: () => Promise<void>
  /** No run begins after this. */
  stop(): Promise<void>
}

/** A run in hand is waited for so long when the daemon stops; what it leaves undone the first run after the start makes up for. */
const LAST_RUN_MS = 2000
/** A busy process is late, and late is better than never: a digest has one time a day. */
const LATE_MS = 60_000
/** Far more than the clocks of two replicas lie apart. */
const CLAIM_TTL_MS = 86_400_000
const MINUTE_MS = 60_000

/** Runs each schedule at its times, never twice at once; the first run is at once. A run that throws is logged and forgotten. */
export async function startSchedules(
  schedules: readonly Schedule[],
  means: ScheduleMeans,
): Promise<Schedules> {
  const { clock, logger, faults } = means
  const ticking = new Map<string, Ticking>()
  let isStopped = false
  const start = async (schedule: Schedule): Promise<void> => {
    const started = createTicking(schedule, means)
    ticking.set(schedule.name, started)
    await started.task.start()
    if (!schedule.waits) void started.firstRun()
  }
  for (const schedule of schedules) await start(schedule)
  const watch = watchClock(clock, (byMs) => {
    logger.warn({ byMs }, 'the clock was set back: everything that waits is due now')
    const anew = beginAnew([...ticking.values()])
    void anew.catch((error: unknown) => faults(error, 'schedules did not begin anew'))
    void runSafely({ name: 'clock', run: means.afterSetBack }, faults)
  })
  return {
    async replace(name, schedule) {
      await ticking.get(name)?.stop()
      ticking.delete(name)
      if (schedule && !isStopped) await start({ name, ...schedule })
    },
    async stop() {
      isStopped = true
      watch.stop()
      const stopping = [...ticking.values()]
      for (const each of stopping) await each.stop()
      await settledWithin(Promise.all(stopping.map(({ idle }) => idle())), LAST_RUN_MS)
    },
  }
}

function createTicking(schedule: Schedule, { clock, logger, faults, claimRun }: ScheduleMeans): Ticking {
  const { name, cron, timezone, once = false } = schedule
  let inHand: Promise<void> | undefined
  let isStopped = false

  // node-cron's own guard against overlaps does not see a first run that was not its own.
  async function runUnlessRunning(): Promise<void> {
    if (isStopped) return
    inHand ??= runSafely(schedule, faults).finally(() => {
      inHand = undefined
    })
    await inHand
  }

  /** Nobody runs what nobody could claim: the next time makes up for it. */
  async function shouldRun(key: string): Promise<boolean> {
    try {
      return await claimRun(key, CLAIM_TTL_MS)
    } catch (error) {
      faults(error, 'a scheduled run could not be claimed; the next one makes up for it', { schedule: name })
      return false
    }
  }

  const task = createTask(cron, runUnlessRunning, {
    name,
    ...(timezone === undefined ? {} : { timezone }),
    distributed: once,
    runCoordinator: { shouldRun },
    missedExecutionTolerance: LATE_MS,
    suppressMissedWarning: true,
    logger: cronLogger(logger),
  })
  return {
    task,
    async firstRun() {
      if (!once || (await shouldRun(`${name}:${minuteOf(clock.now())}`))) await runUnlessRunning()
    },
    idle: async () => inHand,
    async stop() {
      isStopped = true
      await task.destroy()
    },
  }
}

/** As node-cron names the time of a run at the full minute: a start right after one is no reason for another. */
function minuteOf(now: number): string {
  return new Date(now - (now % MINUTE_MS)).toISOString()
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
