/** The published schema is a promise to readers in other languages: whatever is served, our events keep it. */
import { expect, it } from '@jest/globals'
import * as fc from 'fast-check'
import { type BuildRef, buildKey, resourceKey } from '../../../src/domain/build.js'
import {
  type DigestData,
  digestEvent,
  type StuckData,
  stuckEvent,
  transitionEvent,
  troubleEvent,
  type WatchEvent,
} from '../../../src/domain/event.js'
import { isoInstant, normaliseConcludedAt, normaliseCreatedAt } from '../../../src/domain/instant.js'
import { lineOf } from '../../../src/domain/line.js'
import type { ApiBuild, Snapshot } from '../../../src/domain/snapshot.js'
import { accountSubject, TROUBLES } from '../../../src/domain/trouble.js'
import { schemaErrors } from '../store/event-validator.js'
import { OBSERVED_AT, recordedBy, transitionOf } from './fixtures.js'

const word = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1 }),
  fc.constantFrom('concluded', '#concluded', 'a#b', '..', '*', 'BUILDING', 'SUCCESS', '2026-01-05T11:00:00Z'),
)
const ref: fc.Arbitrary<BuildRef> = fc
  .record({
    team: fc.option(word),
    project: word,
    kind: fc.constantFrom('jobs' as const, 'services' as const),
    resource: word,
    build: word,
  })
  .map(({ team, ...rest }) => (team === null ? rest : { team, ...rest }))

/** All that the wire parser may let through, beside the id. */
const fields: fc.Arbitrary<Omit<ApiBuild, 'id'>> = fc.record(
  {
    branch: word,
    sha: word,
    status: word,
    concluded: fc.boolean(),
    success: fc.boolean(),
    message: fc.option(fc.string({ unit: 'binary' })),
    pullRequestId: fc.option(fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), word)),
    createdAt: word,
    buildConcludedAt: fc.oneof(
      fc.double({ noDefaultInfinity: true, noNaN: true }),
      fc.integer({ min: 1.5e9, max: 1.8e9 }),
    ),
    registry: fc.record({ uri: word }),
  },
  { requiredKeys: ['status'] },
)

function snapshotOf(ref: BuildRef, served: Omit<ApiBuild, 'id'>): Snapshot {
  const createdAt = normaliseCreatedAt(served.createdAt)
  const concludedAt = normaliseConcludedAt(served.buildConcludedAt, OBSERVED_AT)
  return {
    ref,
    build: { id: ref.build, ...served },
    observedAt: OBSERVED_AT,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(concludedAt === undefined ? {} : { concludedAt }),
  }
}

/** An event comes to its readers as text, with whatever the record script has put before its last two braces. */
function problems(event: WatchEvent, added: object = {}): string[] {
  const text = JSON.stringify(event)
  expect(text).toMatch(/[^{]\}\}$/)
  const members = JSON.stringify(added).slice(1, -1)
  return schemaErrors(JSON.parse(members === '' ? text : `${text.slice(0, -2)},${members}}}`))
}

const instant = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2100, 0) }).map(isoInstant)
const spanMs = fc.oneof(fc.nat(1000), fc.nat())
const account = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,62}$/)
const inARow = fc.record({ consecutive: fc.integer({ min: 2, max: 1e6 }), since: instant })
const first = fc.record({ consecutive: fc.constant(1), since: instant })

const failing = fc.oneof(
  fc.constant({}),
  fc.record({ firstFailedBuild: fc.string() }),
  fc.record({ firstFailedBuild: fc.string(), firstFailedSha: fc.string() }),
)

/** What the record script can add to an end, by its outcome. */
function membersOf(outcome: string): fc.Arbitrary<object> {
  const none = fc.constant({})
  if (outcome === 'aborted' || outcome === 'unknown') return none
  const passed = outcome === 'success'
  const turn = passed ? fc.constant('first_passed') : fc.constantFrom('first_failed', 'broke')
  return fc.oneof(
    none,
    fc.constant({ superseded: true }),
    fc.tuple(turn, first, failing).map(([verdict, row, by]) => ({ verdict, ...row, ...(passed ? {} : by) })),
    fc
      .tuple(inARow, failing)
      .map(([row, by]) =>
        passed ? { verdict: 'still_passing', ...row } : { verdict: 'still_failing', ...row, ...by },
      ),
    fc
      .tuple(first, fc.record({ redForMs: spanMs, redBuilds: fc.integer({ min: 1 }) }), failing)
      .map(([row, red, by]) =>
        passed ? { verdict: 'fixed', ...row, ...red, ...by } : { verdict: 'broke', ...row, ...by },
      ),
  )
}

it('accepts every event that a build can make', () => {
  fc.assert(
    fc.property(ref, fields, fc.array(word, { maxLength: 4 }), fc.gen(), (ref, served, earlier, pick) => {
      const snapshot = snapshotOf(ref, served)
      const before = recordedBy(...earlier.filter((status, at) => status !== earlier[at - 1]))
      fc.pre(before.status !== served.status || served.concluded === true)
      const event = transitionEvent('default', snapshot, transitionOf(before, snapshot))
      const { outcome } = event.data
      expect(problems(event, outcome === undefined ? {} : pick(membersOf, outcome))).toEqual([])
    }),
  )
})

it('accepts every stuck build', () => {
  const facts: fc.Arbitrary<Omit<StuckData, 'build' | 'observedAt'>> = fc.record(
    {
      reason: fc.constantFrom('overdue' as const, 'unschedulable' as const),
      status: fc.option(word),
      ageMs: spanMs,
      inStatusMs: spanMs,
      longestMs: spanMs,
    },
    { requiredKeys: ['reason', 'status', 'ageMs', 'inStatusMs'] },
  )
  fc.assert(
    fc.property(account, ref, fields, facts, (account, ref, served, facts) => {
      expect(problems(stuckEvent(account, snapshotOf(ref, served), facts))).toEqual([])
    }),
  )
})

it('accepts the beginning and the end of every trouble', () => {
  const facts = fc.record({
    account,
    trouble: fc.constantFrom(...TROUBLES),
    episode: fc.integer({ min: 1 }),
    since: instant,
  })
  const error = fc.record(
    { code: fc.constantFrom('API_FORBIDDEN', 'SECRET_UNREADABLE'), detail: fc.string({ unit: 'binary' }) },
    { requiredKeys: [] },
  )
  const at = fc.integer({ min: Date.UTC(2015, 0), max: Date.UTC(2100, 0) })
  fc.assert(
    fc.property(facts, error, spanMs, ref, at, (facts, error, lastedMs, ref, at) => {
      const subjects = [
        { scope: 'account' as const, subject: accountSubject(facts.account) },
        { scope: 'target' as const, subject: resourceKey(ref) },
        { scope: 'target' as const, subject: buildKey(ref) },
      ]
      for (const subject of subjects) {
        const whole = { ...facts, ...subject, at }
        expect(problems(troubleEvent('troubled', { ...whole, ...error }))).toEqual([])
        expect(problems(troubleEvent('recovered', { ...whole, lastedMs }))).toEqual([])
      }
    }),
  )
})

it('accepts every digest', () => {
  const count = fc.nat()
  const failingLine = fc
    .tuple(ref, fields, fc.integer({ min: 1 }), instant)
    .map(([ref, served, consecutive, since]) => ({
      resource: resourceKey(ref),
      line: lineOf({ id: ref.build, ...served }),
      build: ref.build,
      consecutive,
      since,
    }))
  const subject = fc.oneof(account.map(accountSubject), ref.map(resourceKey), ref.map(buildKey))
  const digest: fc.Arbitrary<DigestData> = fc.record(
    {
      from: instant,
      to: instant,
      outcomes: fc.record({
        success: count,
        failure: count,
        crashed: count,
        submission_failure: count,
        aborted: count,
        unknown: count,
      }),
      failingLines: fc.array(failingLine, { maxLength: 3 }),
      troubled: fc.array(fc.record({ subject, trouble: fc.constantFrom(...TROUBLES), since: instant }), {
        maxLength: 3,
      }),
      more: fc.record({ failingLines: count, troubled: count }),
    },
    { requiredKeys: ['from', 'to', 'outcomes', 'failingLines', 'troubled'] },
  )
  fc.assert(
    fc.property(digest, (data) => {
      expect(problems(digestEvent(data))).toEqual([])
    }),
  )
})
