import { describe, expect, it } from '@jest/globals'
import { transitionEvent } from '../../../src/domain/event.js'
import type { ApiBuild } from '../../../src/domain/snapshot.js'
import { detectChange, UNRECORDED } from '../../../src/domain/transition.js'
import { OUTCOMES, TROUBLES, VERDICTS } from '../../../src/index.js'
import {
  GOLDEN_EVENTS,
  sampleDigest,
  sampleEvent,
  sampleStuck,
  sampleTrouble,
} from '../../support/notifier-contract-events.js'
import { EVENT_SCHEMA, schemaErrors } from './event-validator.js'

function eventOf(build: Partial<ApiBuild>) {
  const snapshot = {
    ref: { team: 'acme', project: 'shop', kind: 'services' as const, resource: 'api', build: 'b-1' },
    build: { id: 'b-1', ...build },
    observedAt: Date.UTC(2026, 0, 5),
  }
  const change = detectChange(UNRECORDED, snapshot)
  if (change.kind !== 'transition') throw new Error('no transition')
  return transitionEvent('default', snapshot, change.transition)
}

const STARTED = eventOf({ status: 'BUILDING' })
const ENDED = eventOf({ status: 'SUCCESS', concluded: true, success: true })
const SINCE = '2026-03-04T08:12:00.000Z'
const ROW = { consecutive: 1, since: SINCE } as const

interface Loose {
  readonly data: object
}

function withData(event: Loose, data: object): object {
  return { ...event, data: { ...event.data, ...data } }
}

function failed(data: object): object {
  return withData(sampleEvent({ outcome: 'failure', to: 'FAILURE' }), data)
}

function passed(data: object): object {
  return withData(sampleEvent({ outcome: 'success', to: 'SUCCESS' }), data)
}

/** As it arrives: a member that is undefined is none. */
function problems(event: object): string[] {
  return schemaErrors(JSON.parse(JSON.stringify(event)))
}

describe('the schema of events', () => {
  it.each(Object.entries(GOLDEN_EVENTS))('accepts the sample %s', (_, event) => {
    expect(problems(event)).toEqual([])
  })

  it.each([
    ['a transition', STARTED],
    ['a conclusion', ENDED],
    ['a conclusion without a status', eventOf({ concluded: true })],
    ['a conclusion from before lines were named', withData(ENDED, { line: undefined })],
    ['a member that is new', { ...withData(STARTED, { weather: 'fine' }), weather: 'fine' }],
    [
      'a field that Northflank has added',
      withData(STARTED, { build: { id: 'b-1', status: 'X', region: 'eu' } }),
    ],
    ['a new member of a trouble', withData(sampleTrouble(), { weather: 'fine' })],
    ['a new member of a digest', withData(sampleDigest(), { weather: 'fine' })],
    ['a digest that leaves lines out', sampleDigest({ more: { failingLines: 9, troubled: 0 } })],
    ['trouble of a single build', { ...sampleTrouble(), subject: 'shop/jobs/nightly/b-1' }],
    ['a status that looks like the end', { ...STARTED, id: `${STARTED.subject}#%63oncluded` }],
  ])('accepts %s', (_, event) => {
    expect(problems(event)).toEqual([])
  })

  it.each([
    ['no id', { ...STARTED, id: undefined }],
    ['another version of CloudEvents', { ...STARTED, specversion: '0.3' }],
    ['an unknown type', { ...STARTED, type: 'build.done' }],
    ['no type', { ...STARTED, type: undefined }],
    ['a source that is no account', { ...STARTED, source: 'buildwatchd' }],
    ['an id that does not end as its type says', { ...STARTED, id: `${STARTED.subject}#concluded` }],
    ['the id of a stuck build on a transition', { ...STARTED, id: `${STARTED.subject}#stuck` }],
    ['the id of a status on an end', { ...ENDED, id: `${ENDED.subject}#SUCCESS` }],
    ['the key of a job as the subject of a build', { ...STARTED, subject: 'shop/jobs/nightly' }],
    ['a time that is no instant', { ...STARTED, time: 'yesterday' }],
    ['a time with an offset', { ...STARTED, time: '2026-03-04T10:16:30.000+01:00' }],
    ['a seq of 0', withData(STARTED, { seq: 0 })],
    ['a build without an id', withData(STARTED, { build: {} })],
    ['an outcome before the end', withData(STARTED, { outcome: 'success' })],
    ['a line before the end', withData(STARTED, { line: 'no-branch' })],
    ['a verdict before the end', withData(STARTED, { verdict: 'broke', ...ROW })],
    ['a superseded build before the end', withData(STARTED, { superseded: true })],
  ])('refuses %s', (_, event) => {
    expect(problems(event)).not.toEqual([])
  })
})

describe('the words of the schema', () => {
  const { outcome, end, troubleWord, troubled } = EVENT_SCHEMA['$defs']

  it('are those that the package exports', () => {
    expect(outcome.enum).toEqual(OUTCOMES)
    expect(end.properties.verdict.enum).toEqual(VERDICTS)
    expect(troubleWord.enum).toEqual(TROUBLES)
  })

  it('stand in the ids of trouble, too', () => {
    expect(troubled.properties.id.pattern).toContain(`!(${TROUBLES.join('|')})`)
  })

  it('name every type that an event can have', () => {
    const types = new Set(Object.values(GOLDEN_EVENTS).map(({ type }) => type))
    expect(EVENT_SCHEMA['properties'].type.enum.toSorted()).toEqual([...types].toSorted())
  })
})

describe('the schema of an end', () => {
  it.each([
    ['nothing beside the outcome', failed({})],
    ['a verdict of a failure', failed({ verdict: 'broke', ...ROW })],
    ['a verdict of a success', passed({ verdict: 'still_passing', ...ROW, consecutive: 2 })],
    [
      'the commit that broke a line',
      failed({ verdict: 'broke', ...ROW, firstFailedBuild: 'b', firstFailedSha: 'c' }),
    ],
    ['a line that was red for no time', passed({ verdict: 'fixed', ...ROW, redForMs: 0, redBuilds: 1 })],
  ])('accepts %s', (_, event) => {
    expect(problems(event)).toEqual([])
  })

  it.each([
    ['no outcome', withData(ENDED, { outcome: undefined })],
    ['a build that goes on', withData(ENDED, { build: { id: 'b-1', concluded: false } })],
    ['a line that is none', failed({ line: 'main' })],
    ['an unknown verdict', failed({ verdict: 'worse', ...ROW })],
    ['a verdict without a count', failed({ verdict: 'broke', since: SINCE })],
    ['a verdict without an instant', failed({ verdict: 'broke', consecutive: 1 })],
    ['a count without a verdict', failed({ consecutive: 1 })],
    ['an instant without a verdict', failed({ since: SINCE })],
    ['a line that breaks by a success', passed({ verdict: 'broke', ...ROW })],
    ['a line that is fixed by a failure', failed({ verdict: 'fixed', ...ROW, redForMs: 1, redBuilds: 1 })],
    ['a line that breaks for the second time', failed({ verdict: 'broke', ...ROW, consecutive: 2 })],
    ['a line that fails still for the first time', failed({ verdict: 'still_failing', ...ROW })],
    ['a fixed line that was red for no known time', passed({ verdict: 'fixed', ...ROW, redBuilds: 1 })],
    ['a fixed line without red builds', passed({ verdict: 'fixed', ...ROW, redForMs: 1 })],
    ['a fixed line of no red build', passed({ verdict: 'fixed', ...ROW, redForMs: 1, redBuilds: 0 })],
    ['a time below nothing', passed({ verdict: 'fixed', ...ROW, redForMs: -1, redBuilds: 1 })],
    ['red time of a line that breaks', failed({ verdict: 'broke', ...ROW, redForMs: 1, redBuilds: 1 })],
    [
      'the build that broke a line which passes still',
      passed({ verdict: 'still_passing', ...ROW, consecutive: 2, firstFailedBuild: 'b' }),
    ],
    ['the build that broke a line without a verdict', failed({ firstFailedBuild: 'b' })],
    ['a commit of no build', failed({ verdict: 'broke', ...ROW, firstFailedSha: 'c' })],
    ['red time without a verdict', passed({ redForMs: 1, redBuilds: 1 })],
    ['a superseded build with a verdict', failed({ verdict: 'broke', ...ROW, superseded: true })],
    ['a build that is not superseded, in words', failed({ superseded: false })],
    ['a verdict of an aborted build', withData(GOLDEN_EVENTS['aborted']!, { verdict: 'broke', ...ROW })],
    ['an aborted build that is superseded', withData(GOLDEN_EVENTS['aborted']!, { superseded: true })],
    ['an unknown end that is superseded', withData(GOLDEN_EVENTS['unknown']!, { superseded: true })],
  ])('refuses %s', (_, event) => {
    expect(problems(event)).not.toEqual([])
  })
})

describe('the schema of a stuck build', () => {
  it('accepts one of which nothing but its age is known', () => {
    const { longestMs: _, ...data } = sampleStuck({ status: null }, {}).data
    expect(problems({ ...sampleStuck(), data })).toEqual([])
  })

  it.each([
    ['another id', { ...sampleStuck(), id: `${sampleStuck().subject}#BUILDING` }],
    ['an unknown reason', withData(sampleStuck(), { reason: 'lazy' })],
    ['no status', withData(sampleStuck(), { status: undefined })],
    ['an age below nothing', withData(sampleStuck(), { ageMs: -1 })],
    ['half a millisecond', withData(sampleStuck(), { inStatusMs: 0.5 })],
    ['no build', withData(sampleStuck(), { build: undefined })],
  ])('refuses %s', (_, event) => {
    expect(problems(event)).not.toEqual([])
  })
})

describe('the schema of trouble', () => {
  const OVER = sampleTrouble({ lastedMs: 1000 })
  const OF_ACCOUNT = sampleTrouble({ scope: 'account', trouble: 'throttled' })

  it.each([
    ['an unknown trouble', withData(sampleTrouble(), { trouble: 'bored' })],
    ['an id of an unknown trouble', { ...sampleTrouble(), id: 'shop/jobs/nightly!bored.1' }],
    ['an id without an episode', { ...sampleTrouble(), id: 'shop/jobs/nightly!forbidden' }],
    ['the id of an end on a beginning', { ...sampleTrouble(), id: OVER.id }],
    ['the id of a beginning on an end', { ...OVER, id: sampleTrouble().id }],
    ['an end that lasted for no known time', withData(OVER, { lastedMs: undefined })],
    ['a beginning that lasted', withData(sampleTrouble(), { lastedMs: 5 })],
    ['an error on an end', withData(OVER, { code: 'API_FORBIDDEN' })],
    ['an episode of 0', withData(sampleTrouble(), { episode: 0 })],
    ['an unknown scope', withData(sampleTrouble(), { scope: 'planet' })],
    ['a target as the subject of an account', { ...OF_ACCOUNT, subject: 'shop/jobs/nightly' }],
    ['an account as the subject of a target', { ...sampleTrouble(), subject: 'accounts/default' }],
    ['a subject that is a project', { ...sampleTrouble(), subject: 'shop' }],
    ['a name that no account can have', withData(sampleTrouble(), { account: 'Default' })],
  ])('refuses %s', (_, event) => {
    expect(problems(event)).not.toEqual([])
  })
})

describe('the schema of a digest', () => {
  const { outcomes } = sampleDigest().data
  const line = {
    resource: 'shop/jobs/nightly',
    line: 'branch/main',
    build: 'b-1',
    consecutive: 1,
    since: SINCE,
  }

  it.each([
    ['the source of an account', { ...sampleDigest(), source: 'buildwatchd/default' }],
    ['another subject', { ...sampleDigest(), subject: 'shop/jobs/nightly' }],
    ['the id of another event', { ...sampleDigest(), id: 'shop/jobs/nightly/b-1#concluded' }],
    ['a missing outcome', withData(sampleDigest(), { outcomes: { ...outcomes, aborted: undefined } })],
    ['fewer builds than none', withData(sampleDigest(), { outcomes: { ...outcomes, aborted: -1 } })],
    ['a failing line without a job', withData(sampleDigest(), { failingLines: [{ ...line, resource: '' }] })],
    ['a failing line that is none', withData(sampleDigest(), { failingLines: [{ ...line, line: 'main' }] })],
    ['a line that failed never', withData(sampleDigest(), { failingLines: [{ ...line, consecutive: 0 }] })],
    [
      'trouble without a subject',
      withData(sampleDigest(), { troubled: [{ trouble: 'gone', since: SINCE }] }),
    ],
    ['lines left out that nobody counted', withData(sampleDigest(), { more: { troubled: 1 } })],
    ['fewer left out than none', withData(sampleDigest(), { more: { failingLines: -1, troubled: 0 } })],
    ['no end of its span', withData(sampleDigest(), { to: undefined })],
  ])('refuses %s', (_, event) => {
    expect(problems(event)).not.toEqual([])
  })
})
