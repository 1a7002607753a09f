/** Events for the tests of notifiers: the plain ones whose messages are golden, and hostile ones. */
import { type BuildEvent, type BuildEventData, CONCLUDED, TRANSITIONED } from '../../src/domain/event.js'
import type { ApiBuild } from '../../src/domain/snapshot.js'

const KEY = 'teams/acme/shop/jobs/nightly/brave-lion-7312'

const BUILD: ApiBuild = {
  id: 'brave-lion-7312',
  branch: 'release/2.4',
  sha: '262f6fba0a1c4a0d9a0f53a0a8a5b36ab0a3a1c9',
  message: 'Mend the till',
  pullRequestId: null,
  createdAt: '2026-03-04T10:12:18.000Z',
}

/** An event of the sample build; concluded when an outcome is given. Without `build` it knows branch and commit. */
export function sampleEvent(data: Partial<BuildEventData>, build?: Partial<ApiBuild>): BuildEvent {
  const concluded = data.outcome !== undefined
  return {
    specversion: '1.0',
    id: `${KEY}#${concluded ? 'concluded' : 'BUILDING'}`,
    source: 'buildwatchd/default',
    type: concluded ? CONCLUDED : TRANSITIONED,
    subject: KEY,
    time: '2026-03-04T10:16:30.000Z',
    datacontenttype: 'application/json',
    data: {
      build: { ...(build === undefined ? BUILD : { id: BUILD.id, ...build }), concluded },
      seq: 3,
      from: 'CLONING',
      to: 'BUILDING',
      observedAt: '2026-03-04T10:16:30.412Z',
      ...data,
    },
  }
}

/** One for each kind of message; each has a golden file of its name. */
export const GOLDEN_EVENTS: Readonly<Record<string, BuildEvent>> = {
  building: sampleEvent({ seq: 2 }),
  succeeded: sampleEvent({ outcome: 'success', to: 'SUCCESS', durationMs: 252_000 }),
  failed: sampleEvent({ outcome: 'failure', to: 'FAILURE', durationMs: 3_912_000, detectedAfterMs: 412 }),
  crashed: sampleEvent({ outcome: 'crashed', to: 'CRASHED', durationMs: 900 }),
  'not-submitted': sampleEvent({ outcome: 'submission_failure', to: 'SUBMISSION_FAILURE' }, {}),
  aborted: sampleEvent({ outcome: 'aborted', to: 'ABORTED' }, { branch: 'main' }),
  unknown: sampleEvent({ outcome: 'unknown', to: null, from: null, seq: 1 }, { sha: BUILD.sha ?? '' }),
}

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

/** The hostile text in every field that is not ours to choose. */
export function hostileEvent(text: string): BuildEvent {
  const build = { branch: text, sha: text, message: text, status: text, pullRequestId: text, createdAt: text }
  return sampleEvent(
    { outcome: 'failure', to: text, from: text, durationMs: 1000 },
    { ...build, registry: { uri: text } },
  )
}
