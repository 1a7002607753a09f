/**
 * A made-up event for each word that a route can wait for: for trying a notifier, and for showing what its message looks like.
 * Of a project, job and commit that nobody has.
 */
import { type BuildRef, buildKey } from './build.js'
import {
  type BuildEvent,
  type BuildEventData,
  CONCLUDED,
  digestEvent,
  stuckEvent,
  TRANSITIONED,
  troubleEvent,
  type WatchEvent,
} from './event.js'
import { isoInstant } from './instant.js'
import type { Verdict } from './line.js'
import { OUTCOMES, type Outcome } from './outcome.js'
import { DIGEST_TRIGGER, TRIGGERS, type Trigger } from './route.js'
import { TROUBLES } from './trouble.js'

/** The words for which there is a sample. */
export const SAMPLE_WORDS = [...TRIGGERS, DIGEST_TRIGGER] as const
export type SampleWord = Trigger | typeof DIGEST_TRIGGER

const REF: BuildRef = {
  project: 'example-project',
  kind: 'jobs',
  resource: 'example-job',
  build: 'example-build-1',
}
const ACCOUNT = 'example'
const MINUTE = 60_000
const DURATION_MS = 4 * MINUTE + 12_000
const RED_MS = 2 * 60 * MINUTE + 5 * MINUTE
const BUILD = {
  id: REF.build,
  branch: 'main',
  sha: '262f6fba0a1c4a0d9a0f53a0a8a5b36ab0a3a1c9',
  message: 'An example: nothing has happened',
  pullRequestId: null,
}

const VERDICT_OUTCOMES: Readonly<Record<Verdict, Outcome>> = {
  first_passed: 'success',
  first_failed: 'failure',
  broke: 'failure',
  still_failing: 'failure',
  fixed: 'success',
  still_passing: 'success',
}

const STATUS: Readonly<Record<Outcome, string>> = {
  success: 'SUCCESS',
  failure: 'FAILURE',
  crashed: 'CRASHED',
  submission_failure: 'SUBMISSION_FAILURE',
  aborted: 'ABORTED',
  unknown: 'FINISHED',
}

/**
 * @param now epoch ms
 * @param build its id; events of one build and word have one id, and so one idempotency key
 */
export function sampleEvent(word: SampleWord, now: number, build = REF.build): WatchEvent {
  const event = sampleOf(word, now)
  return build === REF.build ? event : renamed(event, build)
}

/** The id of the build stands in its key, in the event's id, and in the build as served. */
function renamed(event: WatchEvent, build: string): WatchEvent {
  return JSON.parse(JSON.stringify(event).replaceAll(REF.build, build))
}

function sampleOf(word: SampleWord, now: number): WatchEvent {
  const outcome = OUTCOMES.find((known) => known === word)
  if (outcome) return concluded(now, { outcome })
  if (isVerdict(word)) return concluded(now, { outcome: VERDICT_OUTCOMES[word], ...verdictFacts(word, now) })
  const trouble = TROUBLES.find((known) => known === word)
  if (trouble) return troubled(now, { trouble })
  switch (word) {
    case 'started':
      return transition(now, { seq: 1, from: null, to: 'QUEUED' })
    case 'transitioned':
      return transition(now, { seq: 3, from: 'CLONING', to: 'BUILDING' })
    case 'stuck':
      return stuckEvent(ACCOUNT, snapshot(now, RED_MS), {
        reason: 'overdue',
        status: 'BUILDING',
        ageMs: RED_MS,
        inStatusMs: RED_MS - MINUTE,
        longestMs: 20 * MINUTE,
      })
    case 'recovered':
      return troubled(now, { trouble: 'unreachable', lastedMs: RED_MS })
    case DIGEST_TRIGGER:
      return digest(now)
    default:
      return concluded(now, { outcome: 'success' })
  }
}

function isVerdict(word: SampleWord): word is Verdict {
  return word in VERDICT_OUTCOMES
}

function verdictFacts(verdict: Verdict, now: number): Partial<BuildEventData> {
  const consecutive = verdict.startsWith('still') ? 3 : 1
  const since = isoInstant(consecutive === 1 ? now : now - RED_MS)
  const red = verdict === 'fixed' ? { redForMs: RED_MS, redBuilds: 3 } : {}
  return { verdict, consecutive, since, ...red, ...firstFailed(verdict) }
}

function firstFailed(verdict: Verdict): Partial<BuildEventData> {
  if (verdict === 'first_failed' || verdict === 'broke')
    return { firstFailedBuild: BUILD.id, firstFailedSha: BUILD.sha }
  if (verdict !== 'still_failing' && verdict !== 'fixed') return {}
  return {
    firstFailedBuild: 'example-build-0',
    firstFailedSha: '9f3a6f0cc1d24f7b8e5a4d2f6b7c8d9e0f1a2b3c',
  }
}

function snapshot(now: number, ageMs: number) {
  const build = { ...BUILD, createdAt: isoInstant(now - ageMs), concluded: false }
  return { ref: REF, build, observedAt: now }
}

function concluded(now: number, data: Partial<BuildEventData> & { readonly outcome: Outcome }): BuildEvent {
  const to = STATUS[data.outcome]
  const build = { ...snapshot(now, DURATION_MS).build, status: to, concluded: true }
  const at = isoInstant(now)
  const facts = { concludedAt: at, durationMs: DURATION_MS, detectedAfterMs: 800, line: 'branch/main' }
  return { ...transition(now, { seq: 4, from: 'BUILDING', build, ...facts, ...data, to }), type: CONCLUDED }
}

function transition(
  now: number,
  data: Omit<Partial<BuildEventData>, 'to'> & { readonly seq: number; readonly to: string },
): BuildEvent {
  const key = buildKey(REF)
  const { from = null, build = { ...snapshot(now, DURATION_MS).build, status: data.to } } = data
  return {
    specversion: '1.0',
    id: `${key}#${data.outcome === undefined ? data.to : 'concluded'}`,
    source: `buildwatchd/${ACCOUNT}`,
    type: TRANSITIONED,
    subject: key,
    time: isoInstant(now),
    datacontenttype: 'application/json',
    data: { observedAt: isoInstant(now), ...data, from, build },
  }
}

type Trouble = (typeof TROUBLES)[number]

function troubled(now: number, { trouble, lastedMs }: { trouble: Trouble; lastedMs?: number }): WatchEvent {
  return troubleEvent(lastedMs === undefined ? 'troubled' : 'recovered', {
    subject: `accounts/${ACCOUNT}`,
    at: now,
    trouble,
    scope: 'account',
    account: ACCOUNT,
    episode: 1,
    since: isoInstant(now - RED_MS),
    ...(lastedMs === undefined ? { detail: 'an example: nothing is wrong' } : { lastedMs }),
  })
}

function digest(now: number): WatchEvent {
  return digestEvent({
    from: isoInstant(now - 24 * 60 * MINUTE),
    to: isoInstant(now),
    outcomes: { success: 9, failure: 2, crashed: 0, submission_failure: 0, aborted: 1, unknown: 0 },
    failingLines: [
      {
        resource: 'example-project/jobs/example-job',
        line: 'branch/main',
        build: REF.build,
        consecutive: 2,
        since: isoInstant(now - RED_MS),
      },
    ],
    troubled: [],
  })
}
