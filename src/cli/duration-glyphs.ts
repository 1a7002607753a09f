/** Durations as columns of one character, from nothing to the longest: to be compared at a glance. */

const BLOCKS = '▁▂▃▄▅▆▇█'
/** For terminals and locales that know no more. */
const ASCII = '_.-:=+*#'

/** Whether what reads our output takes UTF-8, by the locale: the first variable that is set decides, as POSIX has it. */
export function levelsFor(env: Readonly<Record<string, string | undefined>>): string {
  const locale = [env['LC_ALL'], env['LC_CTYPE'], env['LANG']].find(Boolean) ?? ''
  return /utf-?8/i.test(locale) ? BLOCKS : ASCII
}

/** One character for each: the share of the longest, rounded up. */
export function glyphs(durationsMs: readonly number[], levels: string): string[] {
  const longest = Math.max(...durationsMs)
  return durationsMs.map((durationMs) => {
    const share = longest > 0 ? durationMs / longest : 0
    return levels[Math.max(1, Math.ceil(share * levels.length)) - 1] ?? ''
  })
}
