const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

export const DURATION = /^(\d{1,9})(ms|s|m|h|d)$/

/** `500ms 2s 5m 24h 7d` in milliseconds; `undefined` for anything else. */
export function parseDurationMs(text: string): number | undefined {
  const [, count, unit] = DURATION.exec(text) ?? []
  const unitMs = unit === undefined ? undefined : UNITS[unit]
  return count === undefined || unitMs === undefined ? undefined : Number(count) * unitMs
}

/** The shortest exact way to write it: 120000 is `2m`. */
export function formatDuration(ms: number): string {
  const exact = Object.entries(UNITS).findLast(([, unitMs]) => ms >= unitMs && ms % unitMs === 0)
  return exact ? `${ms / exact[1]}${exact[0]}` : `${ms}ms`
}
