import { describe, expect, it } from '@jest/globals'
import type { BuildEventData, WatchEvent } from '../../../src/domain/event.js'
import { laneOf } from '../../../src/domain/lane.js'
import { onceClaim } from '../../../src/domain/once-claim.js'
import type { Route } from '../../../src/domain/route.js'
import {
  sampleDigest,
  sampleEvent,
  sampleStuck,
  sampleTrouble,
} from '../../support/notifier-contract-events.js'

const KEY = 'teams/acme/shop/jobs/nightly/brave-lion-7312'
const LINE = 'teams/acme/shop/jobs/nightly|branch/release%2F2.4'

function claim(oncePer: Route['oncePer'], event: WatchEvent): string | undefined {
  return onceClaim({ to: 'ops', on: ['concluded'], ...(oncePer && { oncePer }) }, event)
}

const failed = (data: Partial<BuildEventData> = {}) =>
  sampleEvent({
    outcome: 'failure',
    verdict: 'broke',
    consecutive: 1,
    since: '2026-03-04T10:00:00.000Z',
    ...data,
  })

describe('what is told once', () => {
  it('is nothing where the route does not say so', () => {
    expect(claim(undefined, failed())).toBeUndefined()
  })

  it('is a build, whatever is told of it', () => {
    for (const event of [failed(), sampleEvent({}), sampleStuck()])
      expect(claim('build', event)).toBe(`build:${KEY}`)
  })

  it('is a row of equal results of a line, however each build of it ended', () => {
    const row = `line:${LINE}|failed|2026-03-04T10:00:00.000Z`
    expect(claim('line', failed())).toBe(row)
    expect(claim('line', failed({ outcome: 'crashed', verdict: 'still_failing', consecutive: 2 }))).toBe(row)
    expect(claim('line', failed({ since: '2026-03-05T10:00:00.000Z' }))).not.toBe(row)
    expect(claim('line', failed({ outcome: 'success', verdict: 'fixed' }))).not.toBe(row)
  })

  it('is no line where an event says nothing of one', () => {
    const { since: _, ...unordered } = failed().data
    for (const event of [
      sampleEvent({}),
      sampleStuck(),
      sampleEvent({ outcome: 'aborted' }),
      { ...failed(), data: unordered },
    ])
      expect(claim('line', event)).toBeUndefined()
  })

  it('is nothing that is about no build', () => {
    for (const event of [sampleTrouble(), sampleDigest()])
      expect([claim('build', event), claim('line', event)]).toEqual([undefined, undefined])
  })
})

describe('the lane of an event', () => {
  it('is the line of its build from the first transition on', () => {
    for (const event of [sampleEvent({}), failed(), sampleStuck({}, { branch: 'release/2.4' })])
      expect(laneOf(event)).toBe(LINE)
  })

  it('is the line of a pull request, and that of builds without a branch', () => {
    expect(laneOf(sampleEvent({}, { pullRequestId: 7, branch: 'x' }))).toMatch(/nightly\|pr\/7$/)
    expect(laneOf(sampleEvent({}, {}))).toMatch(/nightly\|no-branch$/)
  })

  it('is the subject of what is about no build', () => {
    expect(laneOf(sampleTrouble())).toBe('teams/acme/shop/jobs/nightly')
    expect(laneOf(sampleDigest())).toBe('digest')
  })
})
