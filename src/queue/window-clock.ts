/**
 * Whether windows are open. A window is a set of minutes: those that its cron expression matches in its time zone. node-cron
 * says whether an instant matches. It is asked about one instant after another, because its own search goes by local times
 * and so passes over the hour that is there twice when clocks go back.
 */
import { createTask } from 'node-cron'
import type { WindowClock } from '../domain/ports.js'
import type { QuietClock } from '../domain/quiet-hours.js'
import type { WatchWindow } from '../domain/target.js'

const MINUTE_MS = 60_000
/** Clocks are set, and local hours and days begin, at quarters of an hour everywhere. */
const QUARTER_MS = 15 * MINUTE_MS
/** So short that no whole day fits in, however it is cut. */
const HALF_DAY_MS = 12 * 3_600_000
/** A window that does not open, or does not close, for so long is looked at again then. */
const HORIZON_MS = 400 * 86_400_000
/** Half a second's worth. */
const MOST_STEPS = 10_000

/** Throws RangeError for an expression that has not five fields; the settings let none pass. */
export function createWindowClock(): WindowClock & QuietClock {
  const known = new Map<string, KnownWindow>()

  function windowOf(window: WatchWindow): KnownWindow {
    const name = `${window.timezone} ${window.cron}`
    const found = known.get(name) ?? createWindow(matchersOf(window))
    known.set(name, found)
    return found
  }

  return {
    opensInMs(windows, now) {
      let leastMs = windows.length === 0 ? 0 : Infinity
      for (const window of windows) leastMs = leastMs && Math.min(leastMs, windowOf(window).opensInMs(now))
      return leastMs
    },
    closesInMs: (window, now) => windowOf(window).closesInMs(now),
  }
}

interface KnownWindow {
  opensInMs(now: number): number
  /** 0 where it is closed. */
  closesInMs(now: number): number
}

type Matcher = (at: number) => boolean

/** Whether a minute, the hour it lies in, and its day can be in the window. */
interface Matchers {
  readonly minute: Matcher
  readonly hour: Matcher
  readonly day: Matcher
  /** What is in the window as a whole, or not at all. */
  readonly whole: 'minute' | 'hour' | 'day'
}

/** Remembers the last answers: it is asked at every probe, and an answer holds until the window opens, or closes. */
function createWindow(matchers: Matchers): KnownWindow {
  let openMinute: number | undefined
  let closed = { from: 0, until: 0 }
  let open = { from: 0, until: 0 }

  function opensInMs(now: number): number {
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

  function closesInMs(now: number): number {
    if (open.from <= now && now < open.until) return open.until - now
    if (opensInMs(now) > 0) return 0
    const minute = now - (now % MINUTE_MS)
    open = { from: minute, until: nextClosing(minute + MINUTE_MS, matchers) }
    return open.until - now
  }

  return { opensInMs, closesInMs }
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

/** In the longest steps that miss no end: what is in the window as a whole is passed as a whole. */
function nextClosing(from: number, matchers: Matchers): number {
  let at = from
  for (let steps = 0; steps < MOST_STEPS && at < from + HORIZON_MS; steps++) {
    if (!matchers.minute(at)) return at
    at = nextDoubtful(at, matchers)
  }
  return Math.min(at, from + HORIZON_MS)
}

/** No day is so short that it fits in between two instants that are half a day apart. */
function nextDoubtful(at: number, { minute, whole }: Matchers): number {
  if (whole === 'day' && minute(at + HALF_DAY_MS)) return at + HALF_DAY_MS
  return whole === 'minute' ? at + MINUTE_MS : nextQuarter(at)
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
    whole: minute !== '*' ? 'minute' : hour === '*' ? 'day' : 'hour',
  }
}

/** Of a task that is never started; destroyed, for node-cron would keep it in its list for ever. */
function matcherOf(fields: readonly string[], timezone: string): Matcher {
  const task = createTask(fields.join(' '), () => undefined, { timezone })
  void task.destroy()
  return (at) => task.match(new Date(at))
}
