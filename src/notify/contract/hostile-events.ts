/** Events as people with push rights to a repository can shape them. */
import {
  type BuildEventData,
  digestEvent,
  isBuildEvent,
  type StuckData,
  stuckEvent,
  type TroubleData,
  troubleEvent,
  type WatchEvent,
} from '../../domain/event.js'
import { type SampleWord, sampleEvent } from '../../domain/sample-events.js'
import type { ApiBuild } from '../../domain/snapshot.js'

const NOW = Date.UTC(2026, 2, 4, 10, 16, 30, 412)
const SINCE = '2026-03-04T08:12:00.000Z'
const JOB = { team: 'acme', project: 'shop', kind: 'jobs', resource: 'nightly' } as const
const FEED = 'teams/acme/shop/jobs/nightly'
const ID = 'brave-lion-7312'

/** What a person with push rights could put into a branch name or a commit message. */
export const HOSTILE_TEXTS: readonly string[] = [
  'main\r\nX-Injected: yes',
  '\u001b]0;owned\u0007\u001b[2J\u009b31m',
  'a\u0000b\u0008c\u007f',
  '\u202egnp.exe\u2066\u2069\u200b\ufeff',
  'first\u2028second\u2029third\u0085fourth',
  '\ud800 lone \udfff',
  '{{ event }} ${HOME} $(id) `id` %s %n',
  '<!channel> <@U123> @everyone <script>alert(1)</script>',
  '"},"outcome":"success","x":{"',
  '__proto__',
  '👩‍👩‍👧 Ünïcödé 中文',
  'x'.repeat(20_000),
]

/** One of each type, with the hostile text in every field that is not ours to choose. */
export function hostileEvents(text: string): WatchEvent[] {
  const build = { branch: text, sha: text, message: text, status: text, pullRequestId: text, createdAt: text }
  const served = { ...build, registry: { uri: text } }
  const ended = { outcome: 'failure', to: text, from: text, line: text, durationMs: 252_000 } as const
  const line = { resource: FEED, line: text, build: text, consecutive: 3, since: SINCE }
  return [
    told('transitioned', { to: text, from: text }, served),
    told('still_failing', { ...ended, consecutive: 3, since: SINCE }, served),
    told('failure', { ...ended, superseded: true }, served),
    stuck({ status: text }, served),
    trouble({ code: 'API_FORBIDDEN', detail: text }),
    trouble({ scope: 'account', trouble: 'unreachable', detail: text }),
    digest([line, { ...line, line: `branch/${encodeURI(wellFormed(text))}` }]),
  ]
}

function told(word: SampleWord, data: Partial<BuildEventData>, build: Partial<ApiBuild>): WatchEvent {
  const event = sampleEvent(word, NOW)
  if (!isBuildEvent(event)) throw new TypeError(`${word} is not told of a build`)
  const served = { ...event.data.build, id: ID, ...build }
  return { ...event, data: { ...event.data, ...data, build: served } }
}

function stuck(data: Pick<StuckData, 'status'>, build: Partial<ApiBuild>): WatchEvent {
  const served = { ...build, id: ID, concluded: false }
  const facts = { ageMs: 7_500_000, inStatusMs: 7_200_000, longestMs: 1_200_000 }
  return stuckEvent(
    'default',
    { ref: { ...JOB, build: ID }, build: served, observedAt: NOW },
    { reason: 'overdue', ...facts, ...data },
  )
}

function trouble(data: Partial<TroubleData>): WatchEvent {
  return troubleEvent('troubled', {
    subject: data.scope === 'account' ? 'accounts/default' : FEED,
    at: NOW,
    trouble: 'forbidden',
    scope: 'target',
    account: 'default',
    episode: 1,
    since: SINCE,
    ...data,
  })
}

function digest(failingLines: Parameters<typeof digestEvent>[0]['failingLines']): WatchEvent {
  const outcomes = { success: 9, failure: 2, crashed: 0, submission_failure: 0, aborted: 1, unknown: 0 }
  return digestEvent({
    from: '2026-03-03T08:00:00.000Z',
    to: '2026-03-04T08:00:00.000Z',
    outcomes,
    failingLines,
    troubled: [],
  })
}

function wellFormed(text: string): string {
  return text.replaceAll(/\p{Cs}/gu, '\ufffd')
}
