/** Times and shares as the live lines of builds show them: in few cells, and in widths that seldom change. */
import { durationWords } from '../domain/duration-words.js'

const BAR_CELLS = 10

/** Never full: only the API says that a build has ended. */
export function progressBar(progress: number, unicode: boolean): string {
  const percent = progress > 0 ? Math.min(99, Math.floor(progress * 100)) : 0
  const full = Math.floor((percent * BAR_CELLS) / 100)
  const [done, open] = unicode ? ['█', '░'] : ['#', '.']
  return `${done.repeat(full)}${open.repeat(BAR_CELLS - full)} ${String(percent).padStart(2)} %`
}

/** An estimate, so in steps of 5 s and then of minutes. */
export function leftWords(leftMs: number): string {
  if (leftMs <= 0) return 'due now'
  const step = leftMs < 60_000 ? 5000 : 60_000
  return `about ${durationWords(Math.ceil(leftMs / step) * step)} left`
}

/** A time that runs, in the least width that changes seldom: `12s`, `1m 02s`, `1h 04m`, `3d 1h`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  const two = (count: number) => String(count).padStart(2, '0')
  if (seconds < 60) return `${seconds}s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m ${two(seconds % 60)}s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 1440) return `${Math.floor(minutes / 60)}h ${two(minutes % 60)}m`
  return `${Math.floor(minutes / 1440)}d ${Math.floor((minutes % 1440) / 60)}h`
}

/** The same of a time that stands still: `3m`, `1m 29s`. */
export function shortClock(ms: number): string {
  return clock(ms).replace(/ 0+[hms]$/, '')
}
