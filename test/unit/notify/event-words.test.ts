import { describe, expect, it } from '@jest/globals'
import { durationWords, eventWords, sourceWords } from '../../../src/notify/event-words.js'
import { sampleEvent } from '../../support/notifier-contract-events.js'

describe('durationWords', () => {
  it.each([
    [0, 'less than a second'],
    [999, 'less than a second'],
    [1000, '1 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [252_000, '4 min 12 s'],
    [3_600_000, '1 h'],
    [3_601_000, '1 h'],
    [7_500_000, '2 h 5 min'],
    [90_000_000, '1 d 1 h'],
  ])('says %p ms as %p', (durationMs, words) => {
    expect(durationWords(durationMs)).toBe(words)
  })
})

describe('eventWords', () => {
  it.each([
    ['success', 'succeeded after 4 min 12 s'],
    ['failure', 'failed after 4 min 12 s'],
    ['crashed', 'crashed after 4 min 12 s'],
    ['submission_failure', 'could not be submitted after 4 min 12 s'],
    ['aborted', 'was aborted after 4 min 12 s'],
    ['unknown', 'ended with an unknown outcome after 4 min 12 s'],
  ] as const)('says %s as %p', (outcome, words) => {
    expect(eventWords(sampleEvent({ outcome, durationMs: 252_000 }))).toBe(words)
  })

  it('leaves the duration out where it is not known', () => {
    expect(eventWords(sampleEvent({ outcome: 'failure' }))).toBe('failed')
  })

  it('says a status in the words of the service', () => {
    expect(eventWords(sampleEvent({ to: 'BUILDING' }))).toBe('is now BUILDING')
    expect(eventWords(sampleEvent({ to: null }))).toBe('is now without a status')
  })
})

describe('sourceWords', () => {
  it('names branch and short commit, so far as known', () => {
    const sha = '1a2b3c4d5e6f'
    expect(sourceWords(sampleEvent({}, { branch: 'main', sha }))).toBe('main, 1a2b3c4')
    expect(sourceWords(sampleEvent({}, { sha }))).toBe('1a2b3c4')
    expect(sourceWords(sampleEvent({}, {}))).toBe('')
  })
})
