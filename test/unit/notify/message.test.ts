import { describe, expect, it } from '@jest/globals'
import type { BuildEventData, WatchEvent } from '../../../src/domain/event.js'
import type { Briefing } from '../../../src/domain/occasion.js'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import { type Message, messageOf } from '../../../src/notify/message.js'
import {
  GOLDEN_EVENTS,
  HOSTILE_TEXTS,
  hostileEvents,
  sampleDigest,
  sampleEvent,
  sampleStuck,
} from '../../support/notifier-contract-events.js'

const SUBJECT = 'teams/acme/shop/jobs/nightly/brave-lion-7312'
const SINCE = '2026-03-04T08:12:00.000Z'
const BUILD: Partial<ApiBuild> = {
  branch: 'release/2.4',
  sha: '262f6fba0a1c4a0d9a0f53a0a8a5b36ab0a3a1c9',
  message: 'Mend the till\n\nIt had been open since noon.',
  pullRequestId: 17,
}

function told(event: WatchEvent, briefing: Briefing = {}): Message {
  return messageOf({ event, together: [], briefing })
}

function group(...together: WatchEvent[]): Message {
  return messageOf({ event: together[0]!, together, briefing: { usualMs: 1, logLines: ['x'], link: 'y' } })
}

function factsOf(data: Partial<BuildEventData>, briefing: Briefing = {}): Record<string, string> {
  const { facts } = told(sampleEvent({ outcome: 'failure', ...data }, BUILD), briefing)
  return Object.fromEntries(facts.map(({ name, value }) => [name, value]))
}

describe('the message of one event', () => {
  it('says how the build ended, and the facts in their order', () => {
    const data = {
      outcome: 'failure',
      durationMs: 252_000,
      verdict: 'still_failing',
      consecutive: 3,
      since: SINCE,
      firstFailedBuild: 'quick-fox-1',
      firstFailedSha: '9f8e7d6c5b4a39281706f5e4d3c2b1a098765432',
    } as const
    const link = 'https://app.example.com/b'
    expect(told(sampleEvent(data, BUILD), { usualMs: 180_000, link, logLines: ['one', 'two'] })).toEqual({
      tone: 'bad',
      subject: SUBJECT,
      words: 'failed after 4 min 12 s, the 3rd failure in a row since 2026-03-04 08:12Z',
      facts: [
        { name: 'Branch', value: 'release/2.4' },
        { name: 'Pull request', value: '17' },
        { name: 'Commit', value: '262f6fba0a1c' },
        { name: 'Message', value: 'Mend the till' },
        { name: 'Took', value: '4 min 12 s, usually 3 min' },
        { name: 'Failing since', value: 'build quick-fox-1, commit 9f8e7d6c5b4a' },
      ],
      link,
      logLines: ['one', 'two'],
      parts: [],
      time: '2026-03-04T10:16:30.000Z',
    })
  })

  it('says of a line that is fixed who had broken it', () => {
    const row = { consecutive: 1, since: SINCE, redForMs: 7_500_000, redBuilds: 3 }
    const data = { outcome: 'success', verdict: 'fixed', ...row, firstFailedBuild: 'quick-fox-1' } as const
    const { words, facts } = told(sampleEvent(data, {}))
    expect(words).toBe('succeeded: fixed after 2 h 5 min red (3 builds)')
    expect(facts).toEqual([{ name: 'Had failed since', value: 'build quick-fox-1' }])
  })

  it('does not say that a line fails since the very build that it is about', () => {
    const broke = {
      verdict: 'broke',
      consecutive: 1,
      since: SINCE,
      firstFailedBuild: 'brave-lion-7312',
    } as const
    expect(factsOf(broke)).not.toHaveProperty('Failing since')
  })

  it.each([
    ['', 'success', 252_000, undefined, '4 min 12 s'],
    ['the usual', 'success', 252_000, 180_000, '4 min 12 s, usually 3 min'],
    ['much longer', 'success', 600_000, 120_000, '10 min, much longer than the usual 2 min'],
    ['much longer, and failed', 'failure', 240_000, 120_000, '4 min, much longer than the usual 2 min'],
    ['longer by seconds', 'success', 12_000, 3000, '12 s, usually 3 s'],
    ['much shorter', 'success', 60_000, 120_000, '1 min, much shorter than the usual 2 min'],
    ['shorter, as failures are', 'failure', 10_000, 600_000, '10 s, usually 10 min'],
  ] as const)('compares what it took with the usual where that means something: %s', (...row) => {
    const [, outcome, durationMs, usualMs, took] = row
    expect(factsOf({ outcome, durationMs }, usualMs === undefined ? {} : { usualMs })['Took']).toBe(took)
  })

  it.each([
    ['the first line that says something', '\n \r\nMend\u2028more', 'Mend'],
    ['nothing of a message without words', ' \n\t ', undefined],
  ])('takes of the commit message %s', (_, message, value) => {
    const { facts } = told(sampleEvent({ outcome: 'failure' }, { message }))
    expect(facts.find(({ name }) => name === 'Message')?.value).toBe(value)
  })

  it('says of a stuck build what is known of it', () => {
    expect(told(sampleStuck()).facts.map(({ name }) => name)).toEqual(['Branch', 'Commit', 'Message'])
  })

  it('lists behind a digest what is failing and what cannot be seen, eight of each', () => {
    const line = {
      resource: 'shop/jobs/nightly',
      line: 'branch/main',
      build: 'b',
      consecutive: 2,
      since: SINCE,
    }
    const digest = sampleDigest({
      failingLines: Array.from({ length: 9 }, () => line),
      troubled: [{ subject: 'accounts/default', trouble: 'unauthorized', since: SINCE }],
      more: { failingLines: 4, troubled: 0 },
    })
    const { facts } = told(digest)
    expect(facts).toHaveLength(10)
    expect(facts[0]).toEqual({
      name: 'Failing',
      value: 'shop/jobs/nightly main, 2 in a row since 2026-03-04 08:12Z',
    })
    expect(facts.slice(8)).toEqual([
      { name: 'Failing', value: 'and 5 more' },
      { name: 'In trouble', value: 'accounts/default, unauthorized since 2026-03-04 08:12Z' },
    ])
  })

  it.each(HOSTILE_TEXTS)(
    'keeps every text of others on one line that is no longer than agreed: %j',
    (text) => {
      for (const event of hostileEvents(text)) {
        const { subject, words, facts, logLines } = told(event, { logLines: [text] })
        const lines = [subject, words, ...facts.map(({ value }) => value), ...logLines]
        for (const line of lines) expect(line).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
        for (const line of [...facts.map(({ value }) => value), ...logLines])
          expect(line.length).toBeLessThanOrEqual(300)
      }
    },
  )
})

describe('the message of several events', () => {
  const { failed, succeeded, crashed, aborted, stuck, building, forbidden, recovered } = GOLDEN_EVENTS

  it('counts the builds by how they ended, bad ones first', () => {
    const message = group(succeeded!, failed!, aborted!, failed!, crashed!)
    expect(`${message.subject} ${message.words}`).toBe(
      '5 builds ended: 2 failed, 1 crashed, 1 aborted, 1 succeeded',
    )
    expect(message.tone).toBe('bad')
  })

  it('counts what else has come apart from ends', () => {
    const message = group(building!, failed!, building!, stuck!, forbidden!, recovered!)
    expect(`${message.subject} ${message.words}`).toBe(
      '6 events came together: 1 failed, 1 stuck, 2 changes of status, 1 trouble, 1 recovered',
    )
  })

  it('has each event as a part, in its own words, and nothing that is about one of them only', () => {
    const message = group(succeeded!, building!)
    expect(message.parts.map(({ words }) => words)).toEqual(['succeeded after 4 min 12 s', 'is now BUILDING'])
    expect(message).toMatchObject({ facts: [], logLines: [], tone: 'good' })
    expect(message).not.toHaveProperty('link')
  })
})
