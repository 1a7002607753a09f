import { describe, expect, it } from '@jest/globals'
import type { BuildEventData } from '../../../src/domain/event.js'
import { VERDICTS } from '../../../src/domain/line.js'
import { verdictWords } from '../../../src/notify/verdict-words.js'
import { sampleEvent } from '../../support/notifier-contract-events.js'

const SINCE = '2026-03-04T09:12:30.000Z'

function words(data: Partial<BuildEventData>): string {
  return verdictWords(sampleEvent({ outcome: 'failure', ...data }).data)
}

describe('verdictWords', () => {
  it.each(['first_passed', 'first_failed'] as const)(
    'calls a build the first of its line on %s',
    (verdict) => {
      expect(words({ verdict, consecutive: 1, since: SINCE })).toBe(': first build of its line')
    },
  )

  it('says that a line broke', () => {
    expect(words({ verdict: 'broke', consecutive: 1, since: SINCE })).toBe(': broke the line')
  })

  it.each([
    [2, '2nd'],
    [3, '3rd'],
    [4, '4th'],
    [11, '11th'],
    [12, '12th'],
    [13, '13th'],
    [21, '21st'],
    [22, '22nd'],
    [111, '111th'],
    [1001, '1001st'],
  ])('counts %i failures in a row as the %s, and says since when', (consecutive, ordinal) => {
    expect(words({ verdict: 'still_failing', consecutive, since: SINCE })).toBe(
      `, the ${ordinal} failure in a row since 2026-03-04 09:12Z`,
    )
  })

  it.each([
    [1, '1 build'],
    [3, '3 builds'],
  ])('says for how long and for how many builds (%i) a line was red', (redBuilds, counted) => {
    expect(words({ outcome: 'success', verdict: 'fixed', redForMs: 7_500_000, redBuilds })).toBe(
      `: fixed after 2 h 5 min red (${counted})`,
    )
  })

  it('has nothing to say of a line that goes on passing', () => {
    expect(words({ outcome: 'success', verdict: 'still_passing', consecutive: 9, since: SINCE })).toBe('')
  })

  it('says that a newer build has ended already', () => {
    expect(words({ superseded: true })).toBe(' (an older build: a newer one has ended already)')
  })

  it('does not call a build older whose age nobody knows', () => {
    const undated = sampleEvent({ outcome: 'failure', superseded: true }, { createdAt: 'yesterday' })
    expect(verdictWords(undated.data)).toBe(' (a build of unknown age: it does not count for its line)')
  })

  it('has nothing to say where there is no verdict', () => {
    expect(words({ outcome: 'aborted' })).toBe('')
  })

  it.each(VERDICTS)('needs no more than the verdict %s', (verdict) => {
    expect(words({ verdict })).not.toContain('undefined')
  })
})
