import { describe, expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import {
  type BuildEvent,
  digestEvent,
  isBuildEvent,
  isConcluded,
  stuckEvent,
  transitionEvent,
  troubleEvent,
  type WatchEvent,
} from '../../../src/domain/event.js'
import type { Snapshot } from '../../../src/domain/snapshot.js'
import { UNRECORDED } from '../../../src/domain/transition.js'
import { KEY, OBSERVED_AT, recordedBy, snapshotOf, transitionOf } from './fixtures.js'

const END = { status: 'SUCCESS', concluded: true, success: true } as const

function conclusionAt(instants: Partial<Snapshot>): BuildEvent {
  const snapshot = snapshotOf(END, instants)
  return transitionEvent('default', snapshot, transitionOf(recordedBy('BUILDING'), snapshot))
}

describe('the event of a transition', () => {
  it('is a CloudEvent that says what changed and shows the build as it was served', () => {
    const build = { id: 'quick-fox-1', status: 'BUILDING', branch: 'main', pullRequestId: null }
    const snapshot = snapshotOf(build, { createdAt: OBSERVED_AT - 60_000 })
    expect(transitionEvent('eu-team', snapshot, transitionOf(recordedBy('QUEUED'), snapshot))).toEqual({
      specversion: '1.0',
      id: `${KEY}#BUILDING`,
      source: 'buildwatchd/eu-team',
      type: 'dev.buildwatchd.build.transitioned.v1',
      subject: KEY,
      time: '2026-01-05T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: { build, seq: 2, from: 'QUEUED', to: 'BUILDING', observedAt: '2026-01-05T12:00:00.000Z' },
    })
  })

  it('has a type of its own, an outcome and the times when the build has concluded', () => {
    const event = conclusionAt({ createdAt: OBSERVED_AT - 300_000, concludedAt: OBSERVED_AT - 4000 })
    expect(event).toMatchObject({
      id: `${KEY}#concluded`,
      type: 'dev.buildwatchd.build.concluded.v1',
      time: '2026-01-05T11:59:56.000Z',
    })
    expect(event.data).toEqual({
      build: { id: 'quick-fox-1', ...END },
      seq: 2,
      from: 'BUILDING',
      to: 'SUCCESS',
      outcome: 'success',
      observedAt: '2026-01-05T12:00:00.000Z',
      concludedAt: '2026-01-05T11:59:56.000Z',
      durationMs: 296_000,
      detectedAfterMs: 4000,
      line: 'no-branch',
    })
  })

  it('names the line of a build that has concluded', () => {
    const snapshot = snapshotOf({ ...END, branch: 'release/2' })
    const event = transitionEvent('default', snapshot, transitionOf(UNRECORDED, snapshot))
    expect(event.data.line).toBe('branch/release%2F2')
  })

  it('happened when it was observed, where the API does not say when', () => {
    expect(conclusionAt({}).time).toBe('2026-01-05T12:00:00.000Z')
    expect(conclusionAt({}).data).not.toHaveProperty('concludedAt')
  })

  it('happened when it was observed as long as the build goes on, whatever conclusion the API names', () => {
    const snapshot = snapshotOf({ status: 'BUILDING' }, { concludedAt: OBSERVED_AT - 4000 })
    const event = transitionEvent('default', snapshot, transitionOf(UNRECORDED, snapshot))
    expect(event.time).toBe('2026-01-05T12:00:00.000Z')
    expect(event.data).not.toHaveProperty('concludedAt')
  })

  it('leaves the duration out when the build concluded before it was created, as in the documented example', () => {
    const event = conclusionAt({ createdAt: OBSERVED_AT - 1000, concludedAt: OBSERVED_AT - 5000 })
    expect(event.data).not.toHaveProperty('durationMs')
    expect(event.data.detectedAfterMs).toBe(5000)
  })

  it('leaves the duration out when nobody knows when the build was created', () => {
    expect(conclusionAt({ concludedAt: OBSERVED_AT }).data).not.toHaveProperty('durationMs')
  })

  it('leaves the delay out when the API puts the conclusion into our future', () => {
    const event = conclusionAt({ createdAt: OBSERVED_AT - 1000, concludedAt: OBSERVED_AT + 1 })
    expect(event.data).not.toHaveProperty('detectedAfterMs')
    expect(event.data.durationMs).toBe(1001)
  })

  it('may take no time at all', () => {
    expect(conclusionAt({ createdAt: OBSERVED_AT, concludedAt: OBSERVED_AT }).data).toMatchObject({
      durationMs: 0,
      detectedAfterMs: 0,
    })
  })

  it('never shows a negative time', () => {
    const instant = fc.option(
      fc.integer({ min: -1e6, max: 1e6 }).map((by) => OBSERVED_AT + by),
      { nil: undefined },
    )
    fc.assert(
      fc.property(instant, instant, (createdAt, concludedAt) => {
        const instants = {
          ...(createdAt === undefined ? {} : { createdAt }),
          ...(concludedAt === undefined ? {} : { concludedAt }),
        }
        const { durationMs = 0, detectedAfterMs = 0 } = conclusionAt(instants).data
        expect(Math.min(durationMs, detectedAfterMs)).toBeGreaterThanOrEqual(0)
      }),
    )
  })

  it('survives the way through JSON unchanged', () => {
    const event = conclusionAt({ createdAt: OBSERVED_AT - 1, concludedAt: OBSERVED_AT })
    expect(JSON.parse(JSON.stringify(event))).toEqual(event)
  })
})

const STUCK = stuckEvent('eu-team', snapshotOf({ status: 'BUILDING', branch: 'main' }), {
  reason: 'overdue',
  status: 'BUILDING',
  ageMs: 7_500_000,
  inStatusMs: 7_200_000,
  longestMs: 1_200_000,
})

const TROUBLE = {
  subject: 'shop/jobs/nightly',
  at: OBSERVED_AT,
  trouble: 'gone',
  scope: 'target',
  account: 'eu-team',
  episode: 2,
  since: '2026-01-05T11:58:00.000Z',
} as const
const TROUBLED = troubleEvent('troubled', { ...TROUBLE, code: 'API_NOT_FOUND', detail: 'HTTP 404' })
const RECOVERED = troubleEvent('recovered', { ...TROUBLE, lastedMs: 120_000 })

const DIGEST = digestEvent({
  from: '2026-01-04T08:00:00.000Z',
  to: '2026-01-05T08:00:00.000Z',
  outcomes: { success: 1, failure: 0, crashed: 0, submission_failure: 0, aborted: 0, unknown: 0 },
  failingLines: [],
  troubled: [],
})

describe('the event of a stuck build', () => {
  it('says why, and shows the build as it was served', () => {
    expect(STUCK).toEqual({
      specversion: '1.0',
      id: `${KEY}#stuck`,
      source: 'buildwatchd/eu-team',
      type: 'dev.buildwatchd.build.stuck.v1',
      subject: KEY,
      time: '2026-01-05T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: {
        build: { id: 'quick-fox-1', status: 'BUILDING', branch: 'main' },
        reason: 'overdue',
        status: 'BUILDING',
        ageMs: 7_500_000,
        inStatusMs: 7_200_000,
        longestMs: 1_200_000,
        observedAt: '2026-01-05T12:00:00.000Z',
      },
    })
  })

  it('has an id that no status of the build can have', () => {
    const snapshot = snapshotOf({ status: 'stuck' })
    const event = transitionEvent('default', snapshot, transitionOf(UNRECORDED, snapshot))
    expect(event.id).not.toBe(STUCK.id)
  })
})

describe('the event of trouble', () => {
  it('says what cannot be seen, and why', () => {
    const { subject, at: _, ...facts } = TROUBLE
    expect(TROUBLED).toEqual({
      specversion: '1.0',
      id: 'shop/jobs/nightly!gone.2',
      source: 'buildwatchd/eu-team',
      type: 'dev.buildwatchd.target.troubled.v1',
      subject,
      time: '2026-01-05T12:00:00.000Z',
      datacontenttype: 'application/json',
      data: { ...facts, code: 'API_NOT_FOUND', detail: 'HTTP 404', observedAt: '2026-01-05T12:00:00.000Z' },
    })
  })

  it('has a type and an id of its own when it is over', () => {
    expect(RECOVERED).toMatchObject({
      id: 'shop/jobs/nightly!recovered.2',
      type: 'dev.buildwatchd.target.recovered.v1',
      data: { trouble: 'gone', episode: 2, lastedMs: 120_000 },
    })
  })

  it('of an account is published under the account', () => {
    const ofAccount = {
      ...TROUBLE,
      subject: 'accounts/eu-team',
      trouble: 'unauthorized',
      scope: 'account',
    } as const
    expect(troubleEvent('troubled', ofAccount)).toMatchObject({
      id: 'accounts/eu-team!unauthorized.2',
      subject: 'accounts/eu-team',
    })
  })
})

describe('the event of a digest', () => {
  it('is known by the end of its span, and is of no account', () => {
    expect(DIGEST).toMatchObject({
      id: 'digest#2026-01-05T08:00:00.000Z',
      source: 'buildwatchd',
      type: 'dev.buildwatchd.digest.v1',
      subject: 'digest',
      time: '2026-01-05T08:00:00.000Z',
    })
  })
})

const EVERY_TYPE: readonly (readonly [string, WatchEvent])[] = [
  ['an end', conclusionAt({})],
  ['a stuck build', STUCK],
  ['trouble', TROUBLED],
  ['recovery', RECOVERED],
  ['a digest', DIGEST],
]

describe('every event', () => {
  it.each(EVERY_TYPE)('ends in its data, where the record script adds to it: %s', (_, event) => {
    expect(Object.keys(event).at(-1)).toBe('data')
    expect(JSON.stringify(event)).toMatch(/[^{]\}\}$/)
  })

  it('has an id that no other has', () => {
    const ids = EVERY_TYPE.map(([, { id }]) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })
})

describe('isConcluded', () => {
  it('goes by the type, which a status cannot forge', () => {
    const snapshot = snapshotOf({ status: 'concluded', success: true })
    expect(isConcluded(transitionEvent('default', snapshot, transitionOf(UNRECORDED, snapshot)))).toBe(false)
    expect(isConcluded(conclusionAt({}))).toBe(true)
  })
})

describe('isBuildEvent', () => {
  it('takes transitions and ends, and nothing else', () => {
    const running = snapshotOf({ status: 'BUILDING' })
    const transition = transitionEvent('default', running, transitionOf(UNRECORDED, running))
    const found = [['a transition', transition] as const, ...EVERY_TYPE].filter(([, event]) =>
      isBuildEvent(event),
    )
    expect(found.map(([name]) => name)).toEqual(['a transition', 'an end'])
  })
})
