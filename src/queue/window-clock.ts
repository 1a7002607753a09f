/**
 * Whether windows are open. A window is a set of minutes: those that its cron expression matches in its time zone. node-cron
 * says whether an instant matches. It is asked about one instant after another, because its own search goes by local times
 * and so passes over the hour that is there twice when clocks go back.
 */
import { createTask } from 'node-cron'
import type { WindowClock } from '../domain/ports.js'
import type { WatchWindow } from '../domain/target.js'

const MINUTE_MS = 60_000
/** Clocks are set, and local hours and days begin, at quarters of an hour everywhere. */
const QUARTER_MS = 15 * MINUTE_MS
/** So short that no whole day fits in, however it is cut. */
const HALF_DAY_MS = 12 * 3_600_000
/** A window that does not open for so long is looked at again then. */
const HORIZON_MS = 400 * 86_400_000

/** Throws RangeError for an expression that has not five fields; the settings let none pass. */
export function createWindowClock(): WindowClock {
  const known = new Map<string, OpensInMs>()

  function opensInMsOf(window: WatchWindow): OpensInMs {
    const name = `${window.timezone} ${window.cron}`
    const opensInMs = known.get(name) ?? createWindow(matchersOf(window))
    known.set(name, opensInMs)
    return opensInMs
  }

  return {
    opensInMs(windows, now) {
      let leastMs = windows.length === 0 ? 0 : Infinity
      for (const window of windows) leastMs = leastMs && Math.min(leastMs, opensInMsOf(window)(now))
      return leastMs
    },
  }
}

type OpensInMs = (now: number) => number
type Matcher = (at: number) => boolean

/** Whether a minute, the hour it lies in, and its day can be in the window. */
interface Matchers {
  readonly minute: Matcher
  readonly hour: Matcher
  readonly day: Matcher
}

/** Remembers the last answer: it is asked at every probe, and an answer holds until the window opens. */
function createWindow(matchers: Matchers): OpensInMs {
  let openMinute: number | undefined
  let closed = { from: 0, until: 0 }
  return (now) => {
    if (closed.from <= now && now < closed.until) return closed.until - now
    const minute = now - (now % MINUTE_MS)
    if (minute === openMinute) return 0
    if (matchers.minute(minute)) {
      openMinute = minute
      return 0
    }
    closed = { from: minute, until: nextOpening(minute + MINUTE_MS, matchers) }
    return closed.until - now
  }
}

function nextOpening(from: number, { minute, hour, day }: Matchers): number {
  const horizonAt = from + HORIZON_MS
  for (let at = from; at < horizonAt; ) {
    if (!day(at)) at = day(at + HALF_DAY_MS) ? nextQuarter(at) : at + HALF_DAY_MS
    else if (!hour(at)) at = nextQuarter(at)
    else if (!minute(at)) at += MINUTE_MS
    else return at
  }
  return horizonAt
}

function nextQuarter(at: number): number {
  return at - (at % QUARTER_MS) + QUARTER_MS
}

function matchersOf({ cron, timezone }: WatchWindow): Matchers {
  const fields = cron.trim().split(/\s+/)
  const [minute = '', hour = '', ...days] = fields
  if (fields.length !== 5) throw new RangeError(`"${cron}" is no cron expression of five fields`)
  return {
    minute: matcherOf([minute, hour, ...days], timezone),
    hour: matcherOf(['*', hour, ...days], timezone),
    day: matcherOf(['*', '*', ...days], timezone),
  }
}

/** Of a task that is never started; destroyed, for node-cron would keep it in its list for ever. */
function matcherOf(fields: readonly string[], timezone: string): Matcher {
  const task = createTask(fields.join(' '), () => undefined, { timezone })
  void task.destroy()
  return (at) => task.match(new Date(at))
}
