/** The facts of a message: what is known of a build, or stands behind a digest, one line each, always in the same order. */
import { isPullRequest } from '../domain/build-filter.js'
import { durationWords, minuteWords } from '../domain/duration-words.js'
import {
  type BuildEventData,
  DIGEST,
  type DigestData,
  isBuildEvent,
  type WatchEvent,
} from '../domain/event.js'
import type { Briefing } from '../domain/occasion.js'
import { safeExcerpt } from '../domain/safe-text.js'
import type { ApiBuild } from '../domain/snapshot.js'
import { failingName } from './digest-words.js'

export interface Fact {
  readonly name: string
  readonly value: string
}

const LONGEST_VALUE = 200
const LONGEST_ID = 80
const SHORT_SHA = 12
/** Of each kind; more would be no digest. */
const MOST_LISTED = 8

type Draft = readonly [name: string, value: string | undefined]

export function factsOf(event: WatchEvent, briefing: Briefing): Fact[] {
  return draftsOf(event, briefing).flatMap(([name, value]) =>
    value ? [{ name, value: safeExcerpt(value, LONGEST_VALUE) }] : [],
  )
}

function draftsOf(event: WatchEvent, briefing: Briefing): readonly Draft[] {
  if (event.type === DIGEST) return digestDrafts(event.data)
  if (!('build' in event.data)) return []
  const own = buildDrafts(event.data.build)
  return isBuildEvent(event) ? [...own, ...endDrafts(event.data, briefing)] : own
}

function buildDrafts(build: ApiBuild): readonly Draft[] {
  return [
    ['Branch', build.branch],
    ['Pull request', isPullRequest(build) ? String(build.pullRequestId) : undefined],
    ['Commit', build.sha?.slice(0, SHORT_SHA)],
    ['Message', firstLine(build.message ?? '')],
  ]
}

/** A subject line; the rest of a commit message is for who opens it. */
function firstLine(text: string): string | undefined {
  return text
    .split(/[\n\r\v\f\u0085\u2028\u2029]/)
    .map((line) => line.trim())
    .find((line) => line !== '')
}

function endDrafts(data: BuildEventData, { usualMs }: Briefing): readonly Draft[] {
  const { durationMs, verdict } = data
  const rowName = verdict === 'fixed' ? 'Had failed since' : 'Failing since'
  return [
    ['Took', durationMs === undefined ? undefined : tookWords(durationMs, usualMs, data)],
    [rowName, firstFailureWords(data)],
  ]
}

/** Of less than this nobody would say that it is much. */
const MUCH_MS = 60_000
const MUCH_FACTOR = 2

/** That a failure is quick says nothing: most end early. */
function tookWords(durationMs: number, usualMs: number | undefined, { outcome }: BuildEventData): string {
  const took = durationWords(durationMs)
  if (usualMs === undefined) return took
  const usual = durationWords(usualMs)
  if (Math.abs(durationMs - usualMs) >= MUCH_MS) {
    if (durationMs >= MUCH_FACTOR * usualMs) return `${took}, much longer than the usual ${usual}`
    if (outcome === 'success' && MUCH_FACTOR * durationMs <= usualMs)
      return `${took}, much shorter than the usual ${usual}`
  }
  return `${took}, usually ${usual}`
}

/** `build brave-lion-4, commit 1a2b3c4d5e6f`; nothing where it is this build, whose commit stands above. */
function firstFailureWords({ build, firstFailedBuild, firstFailedSha }: BuildEventData): string | undefined {
  if (firstFailedBuild === undefined || firstFailedBuild === build.id) return undefined
  const commit = firstFailedSha === undefined ? '' : `, commit ${firstFailedSha.slice(0, SHORT_SHA)}`
  return `build ${safeExcerpt(firstFailedBuild, LONGEST_ID)}${commit}`
}

function digestDrafts({ failingLines, troubled, more }: DigestData): readonly Draft[] {
  const failing = failingLines.map(
    (line) => `${failingName(line)}, ${line.consecutive} in a row since ${minuteWords(line.since)}`,
  )
  const unseen = troubled.map(
    ({ subject, trouble, since }) => `${subject}, ${trouble} since ${minuteWords(since)}`,
  )
  return [...listed('Failing', failing, more?.failingLines), ...listed('In trouble', unseen, more?.troubled)]
}

function listed(name: string, lines: readonly string[], leftOut = 0): Draft[] {
  const more = lines.length + leftOut - MOST_LISTED
  const shown = lines.slice(0, MOST_LISTED).map((line): Draft => [name, line])
  return more > 0 ? [...shown, [name, `and ${more} more`]] : shown
}
