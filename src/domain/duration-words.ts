const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The two largest units, rounded down: `42 s`, `4 min 12 s`, `2 h 5 min`, `3 d 1 h`. */
export function durationWords(durationMs: number): string {
  if (durationMs < SECOND) return 'less than a second'
  return largestUnits(durationMs)
    .map(([count, unit]) => `${count} ${unit}`)
    .join(' ')
}

/** The same where there is little room: `42s`, `4m12s`, `2h5m`, `3d1h`; `<1s`. */
export function durationBrief(durationMs: number): string {
  if (durationMs < SECOND) return '<1s'
  return largestUnits(durationMs)
    .map(([count, unit]) => `${count}${unit === 'min' ? 'm' : unit}`)
    .join('')
}

function largestUnits(durationMs: number) {
  const parts = [
    [Math.floor(durationMs / DAY), 'd'],
    [Math.floor((durationMs % DAY) / HOUR), 'h'],
    [Math.floor((durationMs % HOUR) / MINUTE), 'min'],
    [Math.floor((durationMs % MINUTE) / SECOND), 's'],
  ] as const
  const first = parts.findIndex(([count]) => count > 0)
  return parts.slice(first, first + 2).filter(([count]) => count > 0)
}

/** An instant of an event to the minute: `2026-03-04 09:12Z`. */
export function minuteWords(isoInstant: string): string {
  return `${isoInstant.slice(0, 16).replace('T', ' ')}Z`
}
