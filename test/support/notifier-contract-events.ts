/** Events for the tests of notifiers: those whose messages are golden. The hostile ones are the contract kit's. */
import {
  type BuildEvent,
  type BuildEventData,
  CONCLUDED,
  type DigestData,
  type DigestEvent,
  digestEvent,
  type StuckData,
  type StuckEvent,
  stuckEvent,
  TRANSITIONED,
  type TroubleData,
  type TroubleEvent,
  troubleEvent,
  type WatchEvent,
} from '../../src/domain/event.js'
import { lineOf } from '../../src/domain/line.js'
import type { ApiBuild } from '../../src/domain/snapshot.js'

export { HOSTILE_TEXTS, hostileEvents } from '../../src/notify/contract/hostile-events.js'

const JOB = { team: 'acme', project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const FEED = 'teams/acme/shop/jobs/nightly'
const KEY = `${FEED}/brave-lion-7312`
const OBSERVED_AT = Date.UTC(2026, 2, 4, 10, 16, 30, 412)
const SINCE = '2026-03-04T08:12:00.000Z'

const BUILD: ApiBuild = {
  id: 'brave-lion-7312',
  branch: 'release/2.4',
  sha: '262f6fba0a1c4a0d9a0f53a0a8a5b36ab0a3a1c9',
  message: 'Mend the till',
  pullRequestId: null,
  createdAt: '2026-03-04T10:12:18.000Z',
}

/** Running for 2 h 5 min. */
const OLD_BUILD: ApiBuild = { ...BUILD, createdAt: '2026-03-04T08:11:30.412Z' }

/** An event of the sample build; concluded when an outcome is given. Without `build` it knows branch and commit. */
export function sampleEvent(data: Partial<BuildEventData>, build?: Partial<ApiBuild>): BuildEvent {
  const concluded = data.outcome !== undefined
  const served = { ...(build === undefined ? BUILD : { id: BUILD.id, ...build }), concluded }
  return {
    specversion: '1.0',
    id: `${KEY}#${concluded ? 'concluded' : 'BUILDING'}`,
    source: 'buildwatchd/default',
    type: concluded ? CONCLUDED : TRANSITIONED,
    subject: KEY,
    time: '2026-03-04T10:16:30.000Z',
    datacontenttype: 'application/json',
    data: {
      build: served,
      seq: 3,
      from: 'CLONING',
      to: 'BUILDING',
      observedAt: '2026-03-04T10:16:30.412Z',
      ...(concluded ? { line: data.line ?? lineOf(served) } : {}),
      ...data,
    },
  }
}

export function sampleStuck(data: Partial<StuckData> = {}, build: Partial<ApiBuild> = OLD_BUILD): StuckEvent {
  const served = { id: BUILD.id, ...build, concluded: false }
  const snapshot = { ref: { ...JOB, build: BUILD.id }, build: served, observedAt: OBSERVED_AT }
  const facts = { status: 'BUILDING', ageMs: 7_500_000, inStatusMs: 7_200_000, longestMs: 1_200_000 }
  return stuckEvent('default', snapshot, { reason: 'overdue', ...facts, ...data })
}

/** Of the sample job; recovered when it says how long it lasted. */
export function sampleTrouble(data: Partial<TroubleData> = {}): TroubleEvent {
  const subject = data.scope === 'account' ? 'accounts/default' : FEED
  return troubleEvent(data.lastedMs === undefined ? 'troubled' : 'recovered', {
    subject,
    at: OBSERVED_AT,
    trouble: 'forbidden',
    scope: 'target',
    account: 'default',
    episode: 1,
    since: SINCE,
    ...data,
  })
}

export function sampleDigest(data: Partial<DigestData> = {}): DigestEvent {
  const ended = { success: 9, failure: 2, crashed: 0, submission_failure: 0, aborted: 1, unknown: 0 }
  return digestEvent({
    from: '2026-03-03T08:00:00.000Z',
    to: '2026-03-04T08:00:00.000Z',
    outcomes: ended,
    failingLines: [],
    troubled: [],
    ...data,
  })
}

const FAILING_LINE = {
  resource: FEED,
  line: 'branch/release%2F2.4',
  build: BUILD.id,
  consecutive: 3,
  since: SINCE,
}

const FAILED = { outcome: 'failure', to: 'FAILURE', durationMs: 252_000 } as const
const PASSED = { outcome: 'success', to: 'SUCCESS', durationMs: 252_000 } as const
const SINCE_NOW = { consecutive: 1, since: '2026-03-04T10:16:30.000Z' } as const

/** One for each kind of message; each has a golden file of its name. */
export const GOLDEN_EVENTS: Readonly<Record<string, WatchEvent>> = {
  building: sampleEvent({ seq: 2 }),
  succeeded: sampleEvent(PASSED),
  failed: sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 3_912_000, detectedAfterMs: 412 }),
  crashed: sampleEvent({ outcome: 'crashed', to: 'CRASHED', durationMs: 900 }),
  'not-submitted': sampleEvent({ outcome: 'submission_failure', to: 'SUBMISSION_FAILURE' }, {}),
  aborted: sampleEvent({ outcome: 'aborted', to: 'ABORTED' }, { branch: 'main' }),
  unknown: sampleEvent({ outcome: 'unknown', to: null, from: null, seq: 1 }, { sha: BUILD.sha ?? '' }),
  'first-passed': sampleEvent({ ...PASSED, verdict: 'first_passed', ...SINCE_NOW }),
  'first-failed': sampleEvent(
    { ...FAILED, verdict: 'first_failed', ...SINCE_NOW },
    { ...BUILD, pullRequestId: 17 },
  ),
  broke: sampleEvent({ ...FAILED, verdict: 'broke', ...SINCE_NOW }),
  'still-failing': sampleEvent({ ...FAILED, verdict: 'still_failing', consecutive: 3, since: SINCE }),
  fixed: sampleEvent({ ...PASSED, verdict: 'fixed', ...SINCE_NOW, redForMs: 7_500_000, redBuilds: 3 }),
  'still-passing': sampleEvent({ ...PASSED, verdict: 'still_passing', consecutive: 12, since: SINCE }),
  superseded: sampleEvent({ ...FAILED, superseded: true }),
  'superseded-undated': sampleEvent({ ...FAILED, superseded: true }, { branch: 'main' }),
  stuck: sampleStuck(),
  unschedulable: sampleStuck({
    reason: 'unschedulable',
    status: 'UNSCHEDULABLE',
    inStatusMs: 720_000,
  }),
  unauthorized: sampleTrouble({
    scope: 'account',
    trouble: 'unauthorized',
    episode: 2,
    code: 'API_UNAUTHORIZED',
    detail: 'HTTP 401: the token is not accepted',
  }),
  forbidden: sampleTrouble({
    code: 'API_FORBIDDEN',
    detail: 'HTTP 403: the role of the token lacks Project > Jobs > General > Read',
  }),
  abandoned: sampleTrouble({
    trouble: 'abandoned',
    episode: 2,
    since: '2026-02-25T10:16:00.000Z',
    code: 'API_NOT_FOUND',
    detail: 'HTTP 404: no such job',
  }),
  recovered: sampleTrouble({ lastedMs: 7_470_000 }),
  'account-recovered': sampleTrouble({
    scope: 'account',
    trouble: 'unreachable',
    episode: 3,
    lastedMs: 95_000,
  }),
  digest: sampleDigest({
    failingLines: [FAILING_LINE, { ...FAILING_LINE, resource: 'shop/services/api', line: 'pr/17' }],
    troubled: [{ subject: 'accounts/default', trouble: 'unauthorized', since: SINCE }],
  }),
  'quiet-digest': sampleDigest(),
}
