import { durationWords, minuteWords } from '../domain/duration-words.js'
import type { BuildEventData } from '../domain/event.js'
import { normaliseCreatedAt } from '../domain/instant.js'
import type { Verdict } from '../domain/line.js'

const VERDICT_WORDS: Readonly<Record<Verdict, (data: BuildEventData) => string>> = {
  first_passed: () => ': first build of its line',
  first_failed: () => ': first build of its line',
  broke: () => ': broke the line',
  still_failing: ({ consecutive = 2, since }) =>
    `, the ${ordinal(consecutive)} failure in a row${since === undefined ? '' : ` since ${minuteWords(since)}`}`,
  fixed: ({ redForMs = 0, redBuilds = 1 }) =>
    `: fixed after ${durationWords(redForMs)} red (${redBuilds} ${redBuilds === 1 ? 'build' : 'builds'})`,
  // What everyone expects needs no words.
  still_passing: () => '',
}

/** What a build's end means for its line, to follow the words of the end; empty where there is nothing to say. */
export function verdictWords(data: BuildEventData): string {
  if (data.verdict !== undefined) return VERDICT_WORDS[data.verdict](data)
  if (data.superseded === undefined) return ''
  return normaliseCreatedAt(data.build.createdAt) === undefined
    ? ' (a build of unknown age: it does not count for its line)'
    : ' (an older build: a newer one has ended already)'
}

function ordinal(count: number): string {
  const isTeen = count % 100 >= 11 && count % 100 <= 13
  const ending = isTeen ? undefined : { 1: 'st', 2: 'nd', 3: 'rd' }[count % 10]
  return `${count}${ending ?? 'th'}`
}
