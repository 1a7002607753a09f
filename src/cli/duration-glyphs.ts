/** Durations as columns of one character, from nothing to the longest: to be compared at a glance. */

import { takesUnicode } from './unicode.js'

const BLOCKS = '▁▂▃▄▅▆▇█'
/** For terminals and locales that know no more. */
const ASCII = '_.-:=+*#'

export function levelsFor(env: Readonly<Record<string, string | undefined>>): string {
  return takesUnicode(env) ? BLOCKS : ASCII
}

/** One character for each: the share of the longest, rounded up. */
export function glyphs(durationsMs: readonly number[], levels: string): string[] {
  const longest = Math.max(...durationsMs)
  return durationsMs.map((durationMs) => {
    const share = longest > 0 ? durationMs / longest : 0
    return levels[Math.max(1, Math.ceil(share * levels.length)) - 1] ?? ''
  })
}
