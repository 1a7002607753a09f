import { describe, expect, it } from '@jest/globals'
import type { DigestData } from '../../../src/domain/event.js'
import { digestWords } from '../../../src/notify/digest-words.js'
import { sampleDigest } from '../../support/notifier-contract-events.js'

const NOTHING = { success: 0, failure: 0, crashed: 0, submission_failure: 0, aborted: 0, unknown: 0 }
const SINCE = '2026-03-04T09:12:30.000Z'

function words(data: Partial<DigestData>): string {
  return digestWords(sampleDigest({ outcomes: NOTHING, ...data }).data)
}

function failing(line: string, resource = 'shop/jobs/nightly') {
  return { resource, line, build: 'b-1', consecutive: 2, since: SINCE }
}

describe('digestWords', () => {
  it('say that nothing happened', () => {
    expect(words({})).toBe('since 2026-03-03 08:00Z: no build ended; no line is failing')
  })

  it('count what ended, by outcome, and leave out what did not happen', () => {
    const outcomes = { ...NOTHING, success: 9, crashed: 2, submission_failure: 1, aborted: 3, unknown: 4 }
    expect(words({ outcomes })).toContain(
      '19 builds ended (9 succeeded, 2 crashed, 1 not submitted, 3 aborted, 4 ended unknown)',
    )
  })

  it('count what the digest has left out', () => {
    const failingLines = [failing('branch/a'), failing('branch/b'), failing('branch/c'), failing('branch/d')]
    expect(words({ failingLines, more: { failingLines: 200, troubled: 0 } })).toMatch(/ and 201 more$/)
  })

  it('count one build as one', () => {
    expect(words({ outcomes: { ...NOTHING, failure: 1 } })).toContain('1 build ended (1 failed)')
  })

  it.each([
    ['branch/main', 'main'],
    ['branch/release%2F2.4', 'release/2.4'],
    ['pr/17', 'pull request 17'],
    ['no-branch', '(no branch)'],
    ['branch/%E0%A4%A', '%E0%A4%A'],
    ['a kind that is new', 'a kind that is new'],
  ])('name the failing line %p as people know it', (line, name) => {
    expect(words({ failingLines: [failing(line)] })).toContain(
      `; failing: shop/jobs/nightly ${name} (2 in a row)`,
    )
  })

  it('name three failing lines and count the others', () => {
    const failingLines = ['a', 'b', 'c', 'd', 'e'].map((branch) => failing(`branch/${branch}`, 'r'))
    expect(words({ failingLines })).toContain(
      'failing: r a (2 in a row), r b (2 in a row), r c (2 in a row) and 2 more',
    )
  })

  it('name what is in trouble', () => {
    const troubled = [
      { subject: 'accounts/default', trouble: 'throttled', since: SINCE },
      { subject: 'shop/jobs/nightly', trouble: 'gone', since: SINCE },
    ] as const
    expect(words({ troubled })).toContain(
      '; in trouble: accounts/default (throttled), shop/jobs/nightly (gone)',
    )
  })

  it('show a line break that hides in a branch name', () => {
    expect(words({ failingLines: [failing('branch/a%0Ab')] })).toContain('a\\u000ab (2 in a row)')
  })
})
