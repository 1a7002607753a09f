/**
 * The plain-words phrasing of an event that notifiers share: the part of a sentence that follows the subject's name. What is
 * foreign in it (statuses, branches, words of other servers) is neutralised and cut here; markup is the notifier's own care.
 */
import { parseBuildKey } from '../domain/build.js'
import { durationWords } from '../domain/duration-words.js'
import {
  type BuildEventData,
  CONCLUDED,
  DIGEST,
  RECOVERED,
  STUCK,
  type StuckEvent,
  TRANSITIONED,
  TROUBLED,
  type WatchEvent,
} from '../domain/event.js'
import { OUTCOME_WORDS } from '../domain/outcome-words.js'
import { safeExcerpt, safeText } from '../domain/safe-text.js'
import { digestWords } from './digest-words.js'
import { troubleWords } from './trouble-words.js'
import { verdictWords } from './verdict-words.js'

const LONGEST_STATUS = 60
const LONGEST_BRANCH = 100

/** `failed after 4 min 12 s: broke the line`, `is now BUILDING`, `cannot be seen: gone since 2026-03-04 09:12Z`. */
export function eventWords(event: WatchEvent): string {
  switch (event.type) {
    case TRANSITIONED:
      return `is now ${statusWords(event.data.to) ?? 'without a status'}`
    case CONCLUDED:
      return conclusionWords(event.data)
    case STUCK:
      return stuckWords(event)
    case TROUBLED:
    case RECOVERED:
      return troubleWords(event)
    case DIGEST:
      return digestWords(event.data)
  }
}

/** `main, 1a2b3c4` or `PR 17, fix-till, 1a2b3c4`: what is known, the commit shortened; empty when nothing is, or it is no build. */
export function sourceWords({ data }: WatchEvent): string {
  if (!('build' in data)) return ''
  const { branch = '', sha = '', pullRequestId } = data.build
  const request =
    pullRequestId === null || pullRequestId === undefined
      ? ''
      : `PR ${safeExcerpt(String(pullRequestId), LONGEST_STATUS)}`
  return [request, safeExcerpt(branch, LONGEST_BRANCH), safeText(sha.slice(0, 7))].filter(Boolean).join(', ')
}

function statusWords(status: string | null): string | undefined {
  return status === null ? undefined : safeExcerpt(status, LONGEST_STATUS)
}

function conclusionWords(data: BuildEventData): string {
  const { outcome = 'unknown', durationMs } = data
  const after = durationMs === undefined ? '' : ` after ${durationWords(durationMs)}`
  return `${OUTCOME_WORDS[outcome]}${after}${verdictWords(data)}`
}

function stuckWords({ subject, data }: StuckEvent): string {
  const { reason, ageMs, inStatusMs, longestMs } = data
  if (reason === 'unschedulable') return `has found no place to run for ${durationWords(inStatusMs)}`
  const status = statusWords(data.status)
  const running = `has been running for ${durationWords(ageMs)}${status === undefined ? '' : ` (now ${status})`}`
  if (longestMs === undefined) return running
  const kind = parseBuildKey(subject)?.kind === 'services' ? 'service' : 'job'
  return `${running}; its ${kind} never took longer than ${durationWords(longestMs)}`
}
